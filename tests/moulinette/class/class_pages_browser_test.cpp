// The pages of a class as people have them: in a browser, from disk, in both colour schemes, on a wide screen and on a
// phone. Skipped where Chromium is not installed. COROKIT_SCREENSHOTS=FOLDER keeps a picture of each page.
#include "class/class_pages.hpp"
#include "class/similar_page.hpp"
#include "testing/class_sample.hpp"

#include <explorer/drawing/browser.hpp>

#include <gtest/gtest.h>
#include <cstdlib>
#include <memory>

namespace corokit::moulinette {
namespace {

using explorer::Browser;

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
    const auto [contrast, element] = browser.least_contrast();
    EXPECT_GE(contrast, 4.5) << page << " " << element;
    EXPECT_EQ(browser.evaluate("document.querySelectorAll('h1').length"), 1) << page;
    EXPECT_EQ(browser.evaluate("[...document.querySelectorAll('th')].every((head) => head.scope)"), true)
        << page;
    EXPECT_EQ(browser.evaluate("document.images.length"), 0) << page;
    EXPECT_EQ(browser.evaluate("/[\\u0000-\\u0008\\u202e]/.test(document.body.innerText)"), false) << page;
  }
}

TEST(ClassPagesInBrowser, CanBeReadByAll) {
  const std::unique_ptr<Browser> browser = Browser::start_installed();
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
  const std::unique_ptr<Browser> browser = Browser::start_installed();
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
