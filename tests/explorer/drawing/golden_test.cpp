// The formats in which a recording is shown, on samples: see golden.hpp about how to renew the files.
#include <simulation/recording_json.hpp>
#include <simulation/step_text.hpp>
#include <simulation/table.hpp>
#include <simulation/timeline.hpp>

#include <gtest/gtest.h>

#include "golden.hpp"
#include "page.hpp"
#include "perfetto.hpp"
#include "samples.hpp"

namespace corokit::explorer {
namespace {

class Golden : public testing::TestWithParam<Sample> {
 protected:
  const std::string& name() const { return GetParam().name; }
  const Recording& recording() const { return GetParam().recording; }
};
INSTANTIATE_TEST_SUITE_P(Samples, Golden, testing::ValuesIn(samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST_P(Golden, Table) {
  EXPECT_TRUE(is_golden(name() + ".table.txt", draw_table(recording())));
}

TEST_P(Golden, Timeline) {
  EXPECT_TRUE(is_golden(name() + ".timeline.txt", draw_timeline(recording(), {.rows = 8})));
}

TEST_P(Golden, Steps) {
  std::string text = draw_step(recording(), 0);
  for (std::size_t place = 1; place < recording().steps.size(); ++place)
    text += '\n' + draw_step(recording(), place);
  EXPECT_TRUE(is_golden(name() + ".steps.txt", text));
}

/// Leaves out what is between two tags, and returns it.
std::string take_out(std::string& html, const std::string& opening, const std::string& closing) {
  const std::size_t begin = html.find(opening) + opening.size();
  const std::size_t length = html.find(closing, begin) - begin;
  std::string inside = html.substr(begin, length);
  html.erase(begin, length);
  return inside;
}

// What is the same on each page has a file of its own.
TEST_P(Golden, Page) {
  std::string html = page(recording());
  take_out(html, "<style>", "</style>");
  take_out(html, "<script>", "</script>");
  EXPECT_TRUE(is_golden("page.main.html", take_out(html, "<main id=\"main\" hidden>", "</main>")));
  EXPECT_TRUE(is_golden(name() + ".html", html));
}

TEST_P(Golden, Trace) {
  EXPECT_TRUE(is_golden(name() + ".trace.json", perfetto(recording()) + '\n'));
}

TEST_P(Golden, Json) {
  EXPECT_TRUE(is_golden(name() + ".json", to_json(recording()) + '\n'));
}

}  // namespace
}  // namespace corokit::explorer
