// The pages of a class as people have them: in a browser, from disk, in both colour schemes, on a wide screen and on a
// phone. Skipped where Chromium is not installed. COROKIT_SCREENSHOTS=FOLDER keeps a picture of each page.
#include "class/class_pages.hpp"
#include "class/similar_page.hpp"
#include "testing/class_sample.hpp"

#include <explorer/drawing/browser.hpp>

#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>
#include <memory>

namespace corokit::moulinette {
namespace {

using explorer::Browser;

std::unique_ptr<Browser> start_browser() {
  for (const char* const program :
       {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"})
    if (::access(program, X_OK) == 0) return std::make_unique<Browser>(program);
  return nullptr;
}

/// The contrast that WCAG 2 asks for is 4.5. Returns: that of the text that has least, with the text.
constexpr const char* kLeastContrast = R"js((() => {
  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => parts(color).slice(0, 3).map((c) => c / 255)
      .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = (node) => {
    const color = getComputedStyle(node).backgroundColor;
    return parts(color)[3] === 0 && node.parentElement ? paper(node.parentElement) : color;
  };
  const contrast = (node) => {
    const style = getComputedStyle(node);
    const [low, high] = [light(node instanceof SVGElement ? style.fill : style.color), light(paper(node))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [...document.querySelectorAll('body *')].filter((node) => !['SCRIPT', 'STYLE'].includes(node.tagName) &&
      [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) && node.getClientRects().length);
  return texts.map((node) => [contrast(node), node.outerHTML]).sort((a, b) => a[0] - b[0])[0];
})())js";

/// What a page must have, whatever it shows.
void look_at(Browser& browser, const std::filesystem::path& folder, const std::string& page) {
  for (const bool dark : {false, true}) {
    const int width = dark ? 1280 : 375;
    browser.open((folder / page).string(), dark, width, 800);
    if (const char* const pictures = std::getenv("COROKIT_SCREENSHOTS")) {
      const std::string name = std::filesystem::path(page).stem();
      browser.screenshot(fmt::format("{}/{}-{}-{}.png", pictures, name, dark ? "dark" : "light", width));
    }
    EXPECT_EQ(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), true)
        << page << " " << width;
    const nlohmann::json least = browser.evaluate(kLeastContrast);
    EXPECT_GE(least[0].get<double>(), 4.5) << page << " " << least[1];
    EXPECT_EQ(browser.evaluate("document.querySelectorAll('h1').length"), 1) << page;
    EXPECT_EQ(browser.evaluate("[...document.querySelectorAll('th')].every((head) => head.scope)"), true)
        << page;
    EXPECT_EQ(browser.evaluate("document.images.length"), 0) << page;
    EXPECT_EQ(browser.evaluate("/[\\u0000-\\u0008\\u202e]/.test(document.body.innerText)"), false) << page;
  }
}

TEST(ClassPagesInBrowser, CanBeReadByAll) {
  const std::unique_ptr<Browser> browser = start_browser();
  if (!browser) GTEST_SKIP() << "no browser: apt-get install chromium";
  const ClassSample sample;
  sample.write();
  std::filesystem::create_directories(sample.path() / "similar");
  const std::string source = "int first();\nint <second>();\nint third();\n\nint fourth();\n";
  write_file(sample.path() / "similar" / "bob-carla.html",
             similar_page({ClassSample::kHostile, source, 91}, {"Carla", "\n\n" + source, 84},
                          {{{1, 2}, {3, 4}, 20}, {{3, 3}, {5, 5}, 20}}, Language::english));
  for (const char* page : {"index.html", "similar/bob-carla.html", "students/bob.html", "students/dan.html"})
    look_at(*browser, sample.path(), page);
  EXPECT_EQ(browser->complaints(), std::vector<std::string>()) << "of the browser";
  for (const std::string& request : browser->requests())
    EXPECT_TRUE(request.starts_with("file://")) << request;
}

TEST(ClassPagesInBrowser, LeadToEachOtherAndSort) {
  const std::unique_ptr<Browser> browser = start_browser();
  if (!browser) GTEST_SKIP() << "no browser: apt-get install chromium";
  const ClassSample sample;
  sample.write();
  std::filesystem::create_directories(sample.path() / "similar");
  write_file(sample.path() / "similar" / "bob-carla.html", "<!DOCTYPE html><title>both</title>");
  browser->open((sample.path() / "index.html").string(), false, 1280, 800);
  const nlohmann::json links =
      browser->evaluate("[...document.links].map((link) => link.getAttribute('href'))");
  EXPECT_GT(links.size(), 10U);
  for (const auto& link : links)
    EXPECT_TRUE(std::filesystem::exists(sample.path() / link.get<std::string>())) << link;
  const auto first = [&browser] {
    return browser->evaluate("document.querySelector('table:has(thead button) tbody th').innerText")
        .get<std::string>();
  };
  const std::string press = "document.querySelectorAll('thead button')[1].click()";
  EXPECT_EQ(first(), "Ann Äpfel (ann)");
  browser->evaluate(press);
  EXPECT_NE(first(), "Ann Äpfel (ann)") << "the fewest points first";
  browser->evaluate(press);
  EXPECT_EQ(first(), "Ann Äpfel (ann)") << "the most points first";
  EXPECT_EQ(browser->evaluate("document.querySelectorAll('[aria-sort]').length"), 1);
}

}  // namespace
}  // namespace corokit::moulinette
