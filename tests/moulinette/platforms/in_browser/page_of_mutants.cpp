// The page of mutants as a reader has it: in a browser, from disk, without a network. Skipped where Chromium is not
// installed or the program of the page was not fetched. COROKIT_SCREENSHOTS=FOLDER keeps pictures.
#include "testing/graded_samples.hpp"

#include <explorer/drawing/browser.hpp>

#include <chrono>
#include <memory>
#include <thread>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

// The page consists of elements with trees of their own.
constexpr const char* kHelpers = R"(
  window.all = (selector, from = document) => {
    const found = [...from.querySelectorAll(selector)];
    for (const element of from.querySelectorAll('*'))
      if (element.shadowRoot) found.push(...window.all(selector, element.shadowRoot));
    return found;
  };
  window.text = () => window.all('*').filter(e => !e.shadowRoot && !e.children.length).map(e => e.textContent).join(' ');
  0)";

class PageOfMutants : public testing::TestWithParam<bool> {  // whether it is dark
 public:
  static void SetUpTestSuite() { browser_ = explorer::Browser::start_installed(); }
  static void TearDownTestSuite() { browser_.reset(); }

 protected:
  void SetUp() override {
    if (!browser_) GTEST_SKIP() << "no browser: apt-get install chromium";
    if (!has_packages())
      GTEST_SKIP() << "no browser page: tests/moulinette/platforms/fetch_packages fetches its program";
    const std::string page = workspace_.path() / "mutation.html";
    const Finished made = moulinette({"validate", "toy", "--kit", TOY_KIT, "--report", "mutation=" + page});
    ASSERT_EQ(made.code, 0) << made.output;
    browser_->open(page, GetParam());
    browser_->evaluate(kHelpers);
    wait_for("window.all('a').length > 3");
  }
  void TearDown() override {
    if (!browser_) return;
    for (const std::string& request : browser_->requests())
      EXPECT_TRUE(request.starts_with("file://") || request.starts_with("data:") ||
                  request.starts_with("blob:"))
          << request;
    for (const std::string& complaint : browser_->complaints()) ADD_FAILURE() << complaint;
  }

  /// Waits until an expression is true.
  static void wait_for(const std::string& expression) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (browser_->evaluate(expression) != true) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << expression;
      std::this_thread::yield();
    }
  }
  static std::string text() { return browser_->evaluate("window.text()"); }
  static void keep_picture(const std::string& name) {
    if (const char* const folder = std::getenv("COROKIT_SCREENSHOTS"))
      browser_->screenshot(fmt::format("{}/{}-{}.png", folder, name, GetParam() ? "dark" : "light"));
  }

  static inline std::unique_ptr<explorer::Browser> browser_;
  Workspace workspace_;
};
INSTANTIATE_TEST_SUITE_P(Scheme, PageOfMutants, testing::Bool(),
                         [](const auto& dark) { return dark.param ? "Dark" : "Light"; });

TEST_P(PageOfMutants, ShowsTheFilesWithTheirScores) {
  const std::string shown = text();
  for (const char* part : {"reference.cpp", "refused_hang.cpp", "100.00"})
    EXPECT_NE(shown.find(part), std::string::npos) << part << "\n" << shown;
  keep_picture("mutants-files");
}

TEST_P(PageOfMutants, ShowsAMutantAndItsKillers) {
  browser_->evaluate("window.all('a').find(a => a.textContent.includes('reference.cpp')).click()");
  // At first only those are shown that survived.
  const std::string killed = "window.all('input[type=checkbox]').find(box => box.value === 'Killed')";
  wait_for(killed + " !== undefined");
  browser_->evaluate(killed + ".click()");
  wait_for("window.all('svg.mutant-dot').length > 0");
  browser_->evaluate(
      "window.all('svg.mutant-dot')[0].dispatchEvent(new MouseEvent('click', {bubbles: true, composed: "
      "true}))");
  wait_for(
      "window.text().includes('counts to 1 where it should count to 0.') || "
      "window.text().includes('starts counting at 0.')");
  keep_picture("mutants-file");
  browser_->evaluate("window.all('a').find(a => a.textContent.trim().endsWith('Tests')).click()");
  wait_for("window.text().includes('spec.json')");
  keep_picture("mutants-tests");
}

}  // namespace
}  // namespace corokit::moulinette
