#include "report.hpp"

#include <gtest/gtest.h>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace corokit::bench {
namespace {

Report sample() {
  Figure figure;
  figure.title = "Cats </script><b>";
  figure.lesson = "More is more.";
  figure.x_title = "day";
  figure.x = {"Monday", "Tuesday"};
  figure.y_title = "cats";
  figure.series = {{"tabby", {1, 250}}, {"black", {0.0123, std::numeric_limits<double>::quiet_NaN()}}};
  Part part;
  part.title = "Animals";
  part.intro = "Counted.";
  part.figures = {figure};
  part.tables = {{"All", {"n"}, {{"dogs", {2'500'000}}}}};
  Report report;
  report.how = "By hand.";
  report.parts = {part};
  return report;
}

std::string read_page() {
  std::ifstream file(COROKIT_BENCH_PAGE);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Report, AsTextIsTablesWithTheirLessons) {
  EXPECT_EQ(to_text(sample()),
            "Animals\n=======\nCounted.\n"
            "\nCats </script><b> [cats]\n"
            "  day     Monday  Tuesday\n"
            "  tabby     1.00      250\n"
            "  black    0.012        -\n"
            "  > More is more.\n"
            "\nAll\n"
            "              n\n"
            "  dogs     2.5M\n"
            "\nBy hand.\n");
}

TEST(Report, AsJsonKeepsEveryNumber) {
  const auto object = nlohmann::json::parse(to_json(sample()));
  const auto& figure = object["parts"][0]["figures"][0];
  EXPECT_EQ(figure["x"], (std::vector<std::string>{"Monday", "Tuesday"}));
  EXPECT_EQ(figure["series"][0]["values"][1], 250);
  EXPECT_TRUE(figure["series"][1]["values"][1].is_null());
  EXPECT_EQ(object["parts"][0]["tables"][0]["rows"][0]["name"], "dogs");
}

TEST(Report, AsPageHoldsTheLibraryAndTheData) {
  const std::string page = to_html(sample(), read_page(), "THE LIBRARY");
  EXPECT_NE(page.find("THE LIBRARY"), std::string::npos);
  EXPECT_NE(page.find("More is more."), std::string::npos);
}

TEST(Report, AsPageNeedsNothingFromElsewhere) {
  const std::string page = to_html(sample(), read_page(), "");
  for (const char* needle : {"src=", "href=", "@import", "url(", "http:", "https:", "fetch(", "import("})
    EXPECT_EQ(page.find(needle), std::string::npos) << needle;
}

TEST(Report, DataCannotEndTheScriptItStandsIn) {
  const std::string page = to_html(sample(), read_page(), "");
  EXPECT_EQ(page.find("Cats </script>"), std::string::npos);
}

TEST(Report, ThrowsForAPageWithoutPlaces) {
  EXPECT_THROW(to_html(sample(), "<html></html>", ""), std::invalid_argument);
}

}  // namespace
}  // namespace corokit::bench
