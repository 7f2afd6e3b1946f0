// Whatever a recording holds, it is drawn: within the width, without control characters, as sound JSON, and without a
// script of its own in the page.
#include <simulation/recording_json.hpp>
#include <simulation/step_text.hpp>
#include <simulation/table.hpp>
#include <simulation/terminal_text.hpp>
#include <simulation/timeline.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "page.hpp"
#include "perfetto.hpp"
#include "read_recording.hpp"

namespace corokit::explorer {
namespace {

/// Draws a recording at random.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Recording recording() {
    Recording r;
    r.test = text();
    r.token = text();
    r.finding = text();
    r.in_virtual_time = below(2) == 0;
    for (std::size_t i = below(9); i > 0; --i) r.lanes.push_back(text());
    if (!r.lanes.empty()) add_steps_and_spans(r);
    for (std::size_t i = below(3); i > 0; --i) {
      r.series.push_back({below(2) == 0 ? "x" : text(), {}});
      for (const std::int64_t time : times(below(5))) r.series.back().values.emplace_back(time, number());
    }
    r.left_out = below(2) * below(1000);
    r.left_out_at = below(r.steps.size() + 1);
    for (std::size_t i = below(3); i > 0 && !r.steps.empty(); --i)
      r.broken_at.push_back(below(r.steps.size()));
    return r;
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  std::int64_t number() { return below(4) == 0 ? INT64_MIN : static_cast<std::int64_t>(below(1000)) - 500; }

  std::string text() {
    static const std::vector<std::string> parts{"",
                                                "x",
                                                " ",
                                                "waits in ",
                                                "</script>",
                                                "<!--",
                                                "\x1b[31m",
                                                "\xE2\x80\xAE",
                                                "\xE7\xB7\x9A",
                                                "e\xCC\x81",
                                                "\n",
                                                "\t",
                                                "\"",
                                                "\\",
                                                std::string(90, 'y'),
                                                "\xFF",
                                                "\xF0\x9F\x90",
                                                "{{data}}"};
    std::string text;
    for (std::size_t i = below(4); i > 0; --i) text += parts[below(parts.size())];
    return below(8) == 0 ? text + static_cast<char>(below(256)) : text;
  }

  std::vector<std::int64_t> times(std::size_t count) {
    std::vector<std::int64_t> times;
    const std::size_t scale = below(3) == 0 ? 1 : below(2) == 0 ? 20 : std::size_t{1} << 55;
    while (times.size() < count) times.push_back(static_cast<std::int64_t>(below(scale)));
    std::ranges::sort(times);
    return times;
  }

  void add_steps_and_spans(Recording& r) {
    const std::size_t kinds = 1 + below(4);  // few, so that there are loops
    for (const std::int64_t time : times(below(30))) {
      const std::size_t lane = below(std::min(kinds, r.lanes.size()));
      r.steps.push_back(
          {lane, time, "a.cpp:1", below(5) == 0 ? text() : "", below(5) == 0 ? text() : "", "", {}});
      if (below(4) == 0)
        r.steps.back().values = {{below(2) == 0 ? "x" : text(), below(2) == 0 ? "1" : text()}};
      if (below(4) == 0) r.steps.back().wakes.push_back(below(r.lanes.size()));
      if (below(3) == 0) r.steps.back().switched = text();
    }
    for (std::size_t lane = 0; lane < r.lanes.size(); ++lane) {
      const std::vector<std::int64_t> ends = times(below(6));
      for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
        r.spans.push_back({lane, ends[i], ends[i + 1], static_cast<Recording::State>(below(4)), text()});
      }
    }
  }

  std::mt19937 random_;
};

void expect_lines(const std::string& text, std::size_t width) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(columns(line), width) << line;
    EXPECT_EQ(printable(line), line) << "a control character, or no UTF-8";
  }
}

/// Returns: a drawing in colour without its colours.
std::string without_colours(const std::string& text) {
  return std::regex_replace(text, std::regex("\x1b\\[[0-9;]+m"), "");
}

class AnyRecording : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Seeds, AnyRecording, testing::Range(0U, 10U));

TEST_P(AnyRecording, IsDrawn) {
  for (unsigned i = 0; i < 100; ++i) {
    const unsigned seed = GetParam() * 100 + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Recording recording = Generator(seed).recording();
    for (const std::size_t width : {80U, 100U}) {
      expect_lines(draw_table(recording, {width, false}), width);
      expect_lines(draw_timeline(recording, {.width = width, .rows = 4}), width);
      for (std::size_t place = 0; place < recording.steps.size(); ++place) {
        expect_lines(draw_step(recording, place, {width, false}), width);
      }
    }
    EXPECT_EQ(without_colours(draw_table(recording, {.colour = true})), draw_table(recording));
    EXPECT_EQ(without_colours(draw_timeline(recording, {.colour = true})), draw_timeline(recording));
    const std::string json = to_json(recording);
    const auto read = read_recording(json);
    ASSERT_TRUE(read) << json;
    EXPECT_EQ(to_json(*read), json);
    EXPECT_TRUE(nlohmann::json::accept(perfetto(recording)));
    const std::string html = page(recording);
    std::size_t scripts = 0;
    for (std::size_t at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1))
      ++scripts;
    EXPECT_EQ(scripts, 2U);
  }
}

}  // namespace
}  // namespace corokit::explorer
