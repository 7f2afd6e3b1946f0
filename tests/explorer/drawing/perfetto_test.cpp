// A trace is in Chrome's format, whatever it is of.
#include "perfetto.hpp"

#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "samples.hpp"

namespace corokit::explorer {
namespace {

using nlohmann::json;

class Perfetto : public testing::TestWithParam<Sample> {
 protected:
  const json trace_ = json::parse(perfetto(GetParam().recording));
  const json& events() const { return trace_.at("traceEvents"); }
};
INSTANTIATE_TEST_SUITE_P(Samples, Perfetto, testing::ValuesIn(samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST_P(Perfetto, HasWhatEachEventMustHave) {
  for (const json& event : events()) {
    EXPECT_TRUE(event.at("name").is_string()) << event;
    EXPECT_TRUE(event.at("pid").is_number_integer()) << event;
    EXPECT_TRUE(event.at("tid").is_number_integer()) << event;
    EXPECT_TRUE(event.at("ts").is_number()) << event;
    const std::string phase = event.at("ph");
    if (phase == "X") {
      EXPECT_GE(event.at("dur").get<double>(), 0) << event;
    } else if (phase == "i") {
      EXPECT_TRUE(event.at("s") == "t" || event.at("s") == "g") << event;
    } else if (phase == "C") {
      EXPECT_TRUE(event.at("args").at("value").is_number()) << event;
    } else if (phase == "s" || phase == "f") {
      EXPECT_TRUE(event.at("id").is_number_integer()) << event;
    } else {
      EXPECT_EQ(phase, "M") << event;
      EXPECT_TRUE(event.at("args").is_object()) << event;
    }
  }
}

TEST_P(Perfetto, IsInTheOrderOfTimeOnEachTrack) {
  std::map<int, double> newest;
  for (const json& event : events()) {
    double& before = newest.try_emplace(event.at("tid").get<int>(), -1).first->second;
    EXPECT_GE(event.at("ts").get<double>(), before) << event;
    before = event.at("ts").get<double>();
  }
}

TEST_P(Perfetto, HasSpansThatDoNotOverlap) {
  std::map<int, double> end;
  for (const json& event : events()) {
    if (event.at("ph") != "X") continue;
    double& before = end.try_emplace(event.at("tid").get<int>(), 0).first->second;
    EXPECT_GE(event.at("ts").get<double>() + 1e-9, before) << event;
    before = event.at("ts").get<double>() + event.at("dur").get<double>();
  }
}

TEST_P(Perfetto, HasAllOfTheRecording) {
  const Recording& recording = GetParam().recording;
  std::map<std::string, std::size_t> counts;
  for (const json& event : events()) {
    ++counts[event.at("ph") == "M" ? event.at("name").get<std::string>() : event.value("cat", "")];
  }
  EXPECT_EQ(counts["thread_name"], recording.lanes.size());
  EXPECT_EQ(counts["step"], recording.steps.size());
  EXPECT_EQ(counts["finding"], recording.finding.empty() ? 0U : 1U);
}

TEST_P(Perfetto, HasBothEndsOfEachArrow) {
  std::map<int, std::string> ends;
  for (const json& event : events()) {
    if (event.contains("id")) ends[event.at("id").get<int>()] += event.at("ph").get<std::string>();
  }
  EXPECT_EQ(ends.size(), GetParam().name == "agents" ? 2U : 0U);
  for (const auto& [id, phases] : ends) EXPECT_EQ(phases, "sf") << id;
}

}  // namespace
}  // namespace corokit::explorer
