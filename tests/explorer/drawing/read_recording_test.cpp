// What to_json() writes is read back; what is not sound is refused.
#include "read_recording.hpp"

#include <simulation/recording_json.hpp>

#include <gtest/gtest.h>
#include <string>

#include "samples.hpp"

namespace corokit::explorer {
namespace {

TEST(ReadRecording, GivesBackWhatWasWritten) {
  for (const auto& [name, recording] : samples()) {
    const std::string json = to_json(recording);
    const auto read = read_recording(json);
    ASSERT_TRUE(read) << name;
    EXPECT_EQ(to_json(*read), json) << name;
    EXPECT_EQ(read->lanes.size(), recording.lanes.size()) << name;
    EXPECT_EQ(read->broken_at, recording.broken_at) << name;
  }
}

TEST(ReadRecording, KeepsEachCharacter) {
  Recording recording;
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  recording.test = all + "\xC3\xA9\xE7\xB7\x9A\xF0\x9F\x90\x8C";
  ASSERT_TRUE(read_recording(to_json(recording)));
  EXPECT_EQ(read_recording(to_json(recording))->test, recording.test);
}

TEST(ReadRecording, RefusesWhatIsNotSound) {
  for (const std::string json :
       {"", "[]", "{", R"({"lanes":1})", R"({"steps":[{"lane":0}]})", R"({"spans":[{"lane":0}]})",
        R"({"broken_at":[0]})", R"({"lanes":["a"],"spans":[{"lane":0,"begin":2,"end":1}]})",
        R"({"lanes":["a"],"spans":[{"lane":0,"begin":-1}]})",
        R"({"lanes":["a"],"steps":[{"lane":0,"time":1e300}]})", R"({"lanes":["a"],"steps":[{"lane":-1}]})",
        R"({"left_out_at":1})", R"({"lanes":["a"],"steps":[{"wakes":[1]}]})",
        R"({"series":[{"values":[[-1,0]]}]})", R"({"series":[{"values":[[1]]}]})"}) {
    EXPECT_FALSE(read_recording(json)) << json;
  }
}

TEST(ReadRecording, HasDefaults) {
  const auto read = read_recording(R"({"lanes":["a"],"steps":[{"lane":0}]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->steps.size(), 1U);
  EXPECT_EQ(read->finding, "");
}

}  // namespace
}  // namespace corokit::explorer
