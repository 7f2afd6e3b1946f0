// The page of a schedule as a reader has it: in a browser, from disk, in both colour schemes. Skipped where Chromium is
// not installed. COROKIT_SCREENSHOTS=FOLDER keeps a picture of each page.
#include "browser.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "page.hpp"
#include "samples.hpp"

namespace corokit::explorer {
namespace {

using nlohmann::json;

class PageInBrowser : public testing::TestWithParam<bool> {  // whether it is dark
 public:
  static void SetUpTestSuite() { browser_ = Browser::start_installed(); }
  static void TearDownTestSuite() { browser_.reset(); }

 protected:
  void SetUp() override {
    if (!browser_) GTEST_SKIP() << "no browser: apt-get install chromium";
  }
  void TearDown() override {
    if (browser_ == nullptr) return;
    for (const std::string& request : browser_->requests())
      EXPECT_TRUE(request.starts_with("file://")) << request;
    for (const std::string& complaint : browser_->complaints()) ADD_FAILURE() << complaint;
  }

  static void open(const std::string& name, int width = 1280, int height = 800) {
    const std::string path = testing::TempDir() + "corokit-page-" + std::to_string(::getpid()) + ".html";
    for (const Sample& sample : samples()) {
      if (sample.name == name) std::ofstream(path) << page(sample.recording);
    }
    browser_->open(path, GetParam(), width, height);
    std::filesystem::remove(path);
    if (const char* const folder = std::getenv("COROKIT_SCREENSHOTS")) {
      const std::string scheme = GetParam() ? "-dark-" : "-light-";
      browser_->screenshot(std::string(folder) + "/" + name + scheme + std::to_string(width) + ".png");
    }
  }

  static json value(const std::string& expression) { return browser_->evaluate(expression); }
  static std::string text(const std::string& id) {
    return value("document.getElementById('" + id + "').innerText");
  }
  /// Returns: the step that the table, the slider and the timeline show as the one of this moment; -1 if they differ.
  static int step() {
    return value(R"((() => {
      const row = Number(document.querySelector('tr[aria-current=step]').dataset.step);
      const dot = Number(document.querySelector('.dot.now').dataset.step);
      return row === dot && row === Number(document.getElementById('slider').value) ? row : -1;
    })())");
  }
  static double shown() {
    return value("Number(drawing.dataset.to ?? 0) - Number(drawing.dataset.from ?? 0)");
  }
  /// Returns: the middle of the first element that a selector finds.
  static std::pair<double, double> middle(const std::string& selector) {
    const json box =
        value("(({x, y, width, height}) => [x + width / 2, y + height / 2])(document.querySelector('" +
              selector + "').getBoundingClientRect())");
    return {box[0], box[1]};
  }

  static inline std::unique_ptr<Browser> browser_;
};
INSTANTIATE_TEST_SUITE_P(Scheme, PageInBrowser, testing::Bool(),
                         [](const auto& dark) { return dark.param ? "Dark" : "Light"; });

TEST_P(PageInBrowser, SaysWhatBroke) {
  open("race");
  EXPECT_EQ(value("document.title"), "Oneshot.PublishesTheValue");
  EXPECT_EQ(text("test"), "Oneshot.PublishesTheValue");
  EXPECT_EQ(text("schedule"), "Schedule 1.1");
  EXPECT_NE(text("finding").find("DATA RACE on value_"), std::string::npos);
  EXPECT_EQ(value("document.querySelectorAll('tr.about').length"), 2);
  EXPECT_EQ(value("document.querySelector('tr.finding-row').innerText.includes('DATA RACE')"), true);
  EXPECT_EQ(step(), 4);
}

TEST_P(PageInBrowser, IsSteppedThroughWithKeys) {
  open("race");
  browser_->press("Home");
  EXPECT_EQ(step(), 0);
  EXPECT_EQ(text("values"), "none yet");
  browser_->press("ArrowLeft");
  EXPECT_EQ(step(), 0);
  browser_->press("ArrowRight");
  browser_->press("ArrowDown");
  EXPECT_EQ(step(), 2);
  EXPECT_NE(text("now").find("Step 2 of 4: sender"), std::string::npos);
  EXPECT_NE(text("values").find("value_"), std::string::npos);
  EXPECT_NE(text("values").find("(new)"), std::string::npos);
  EXPECT_NE(text("who").find("taken off"), std::string::npos);
  browser_->press("ArrowUp");
  EXPECT_EQ(step(), 1);
  browser_->press("End");
  EXPECT_EQ(step(), 4);
  browser_->press("ArrowRight");
  EXPECT_EQ(step(), 4);
}

TEST_P(PageInBrowser, IsSteppedThroughWithButtonsAndRows) {
  open("race");
  value("document.getElementById('first').click()");
  EXPECT_EQ(step(), 0);
  value("document.getElementById('next').click()");
  EXPECT_EQ(step(), 1);
  const auto [x, y] = middle("tr[data-step=\"3\"]");
  browser_->mouse("mousePressed", x, y);
  browser_->mouse("mouseReleased", x, y);
  EXPECT_EQ(step(), 3);
  const auto [dot_x, dot_y] = middle(".dot[data-step=\"0\"]");
  browser_->mouse("mousePressed", dot_x, dot_y);
  browser_->mouse("mouseReleased", dot_x, dot_y);
  EXPECT_EQ(step(), 0);
}

TEST_P(PageInBrowser, Zooms) {
  open("agents");
  browser_->press("0");
  const double all = shown();
  EXPECT_EQ(all, 350e6);
  browser_->press("+");
  EXPECT_LT(shown(), all);
  browser_->press("-");
  EXPECT_NEAR(shown(), all, 1);
  const auto [x, y] = middle("#drawing");
  browser_->mouse("mouseWheel", x, y, -400);
  EXPECT_LT(shown(), all * 0.5);
  const double from = value("Number(drawing.dataset.from)");
  browser_->mouse("mousePressed", x, y);
  browser_->mouse("mouseMoved", x - 100, y);
  browser_->mouse("mouseReleased", x - 100, y);
  EXPECT_GT(value("Number(drawing.dataset.from)").get<double>(), from) << "dragged to the left";
  browser_->press("ArrowLeft", 8);
  browser_->press("ArrowLeft", 8);
  EXPECT_EQ(value("document.querySelector('tr.now').dataset.step"), "10")
      << "Shift moves the view, not the step";
  value("document.getElementById('zoom-fit').click()");
  EXPECT_EQ(shown(), all);
}

TEST_P(PageInBrowser, KeepsTheMomentInView) {
  open("agents");
  EXPECT_EQ(value("document.querySelector('.finding-row').getBoundingClientRect().bottom <= "
                  "rows.getBoundingClientRect().bottom"),
            true);
  for (int i = 0; i < 12; ++i) browser_->press("+");
  EXPECT_EQ(step(), 10);
  for (int place = 9; place >= 0; --place) {
    browser_->press("ArrowLeft");
    EXPECT_EQ(step(), place);
    EXPECT_EQ(
        value("(({top, bottom}, box) => top >= box.top - 1 && bottom <= box.bottom + 1)("
              "document.querySelector('tr.now').getBoundingClientRect(), rows.getBoundingClientRect())"),
        true)
        << place;
  }
}

TEST_P(PageInBrowser, ExplainsWhatIsUnderThePointer) {
  open("agents");
  EXPECT_EQ(value("tip.hidden"), true);
  const auto [x, y] = middle("#drawing rect.waiting");
  browser_->mouse("mouseMoved", x, y);
  EXPECT_EQ(value("tip.hidden"), false);
  EXPECT_NE(text("tip").find("waits: Semaphore::acquire"), std::string::npos) << text("tip");
  EXPECT_NE(text("tip").find("0 ms to 100 ms (100 ms)"), std::string::npos) << text("tip");
  const auto [dot_x, dot_y] = middle(".dot[data-step=\"8\"]");
  browser_->mouse("mouseMoved", dot_x, dot_y);
  EXPECT_NE(text("tip").find("Step 8: agent 0"), std::string::npos) << text("tip");
  browser_->mouse("mouseMoved", 5, 5);
  EXPECT_EQ(value("tip.hidden"), true);
}

TEST_P(PageInBrowser, UnfoldsLoops) {
  open("spin_lock");
  browser_->press("Home");
  const std::string hidden = "document.querySelectorAll('tbody[hidden]').length";
  const int folded = value("document.querySelectorAll('tr.fold').length");
  EXPECT_EQ(folded, 2);
  EXPECT_EQ(value(hidden), 2);
  for (int i = 0; i < 6; ++i) browser_->press("ArrowRight");
  EXPECT_EQ(step(), 6);
  EXPECT_EQ(value(hidden), 1) << "a step within a loop is shown";
  value("document.querySelector('tr.fold button').click()");
  EXPECT_EQ(value(hidden), 2);
  EXPECT_EQ(value("document.querySelector('tr.fold button').getAttribute('aria-expanded')"), "false");
}

TEST_P(PageInBrowser, ShowsHostileTextAsText) {
  open("hostile");
  EXPECT_EQ(text("test"), "</title></script><script>alert(1)</script>");
  EXPECT_EQ(value("document.scripts.length"), 2);
  EXPECT_EQ(value("document.images.length"), 0);
  EXPECT_EQ(value("document.querySelectorAll('b').length"), 1) << "ours, in the finding";
  EXPECT_EQ(value("/[\\u0000-\\u0008\\u202e]/.test(document.body.innerText)"), false);
  EXPECT_NE(text("who").find("\\u202eevil"), std::string::npos);
}

TEST_P(PageInBrowser, NeedsNeitherStepsNorRoom) {
  open("empty");
  EXPECT_NE(text("rows").find("no steps"), std::string::npos);
  browser_->press("ArrowRight");
  browser_->press("End");
  browser_->press("+");
  open("twelve_lanes", 500, 700);
  EXPECT_EQ(value("document.documentElement.scrollWidth <= innerWidth"), true);
  EXPECT_NE(text("rows").find("118 steps are left out"), std::string::npos);
  EXPECT_NE(text("now").find("Step 128 of 128"), std::string::npos);
}

TEST_P(PageInBrowser, CanBeReadByAll) {
  open("agents");
  EXPECT_EQ(value("[...document.querySelectorAll('button')].every((b) => b.getAttribute('aria-label') || "
                  "b.innerText.length > 2)"),
            true);
  EXPECT_NE(value("drawing.getAttribute('aria-label')").get<std::string>().find("Timeline of 4 lanes"),
            std::string::npos);
  browser_->press("Tab");
  EXPECT_EQ(value("getComputedStyle(document.activeElement).outlineStyle"), "solid") << "the focus is seen";
  const auto [contrast, element] = browser_->least_contrast();
  EXPECT_GE(contrast, 4.5) << element;
  const std::string paper = value("getComputedStyle(document.body).backgroundColor");
  EXPECT_EQ(paper, GetParam() ? "rgb(21, 24, 29)" : "rgb(253, 253, 252)");
}

}  // namespace
}  // namespace corokit::explorer
