#include "class/deadline.hpp"

#include "error.hpp"

#include <gtest/gtest.h>
#include <cstdlib>

namespace corokit::moulinette {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string utc(const std::string& text) {
  const auto moment = parse_moment(text);
  return moment ? text_of(*moment) : "none";
}

TEST(Deadline, IsAMomentOfThisMachineOrOfAZone) {
  const char* before = std::getenv("TZ");
  const std::string kept = before ? before : "";
  setenv("TZ", "Europe/Paris", 1);
  tzset();
  EXPECT_EQ(utc("2026-05-01T23:59"), "2026-05-01T21:59:00Z");
  EXPECT_EQ(utc("2026-01-01 23:59:30"), "2026-01-01T22:59:30Z");
  EXPECT_EQ(utc("2026-05-01"), "2026-05-01T21:59:59Z");
  EXPECT_EQ(utc("2026-05-01T23:59Z"), "2026-05-01T23:59:00Z");
  EXPECT_EQ(utc("2026-05-01 23:59:00.25 UTC"), "2026-05-01T23:59:00Z");
  EXPECT_EQ(utc("2026-05-01T23:59:00.365935-07:00"), "2026-05-02T06:59:00Z");
  EXPECT_EQ(utc("2026-05-01T23:59+0200"), "2026-05-01T21:59:00Z");
  before ? setenv("TZ", kept.c_str(), 1) : unsetenv("TZ");
  tzset();
}

TEST(Deadline, IsOnACalendar) {
  for (const char* text : {"", "tomorrow", "2026-02-30T10:00Z", "2026-13-01", "2026-05-01T25:00Z",
                           "2026-05-01T10:61Z", "01/05/2026", "2026-05-01T10"})
    EXPECT_EQ(utc(text), "none") << text;
}

TEST(Extension, IsADuration) {
  EXPECT_EQ(parse_duration("2 days"), hours(48));
  EXPECT_EQ(parse_duration("36h"), hours(36));
  EXPECT_EQ(parse_duration("1 semaine"), hours(168));
  EXPECT_EQ(parse_duration("90 min"), minutes(90));
  for (const char* text : {"", "2", "days", "2 parsecs", "-2 days"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(LateRule, TakesAShareForEachDayThatBegins) {
  const LateRule rule = LateRule::parse("10%/day, at most 3 days");
  EXPECT_EQ(rule.score(80, seconds(0)), 80);
  EXPECT_EQ(rule.score(80, seconds(1)), 72);
  EXPECT_EQ(rule.score(80, hours(24)), 72);
  EXPECT_EQ(rule.score(80, hours(24) + seconds(1)), 64);
  EXPECT_EQ(rule.score(80, hours(72)), 56);
  EXPECT_EQ(rule.score(80, hours(72) + seconds(1)), 0);
}

TEST(LateRule, TakesPointsAfterSomeGrace) {
  const LateRule rule = LateRule::parse("5 points per hour, grace 10 min");
  EXPECT_EQ(rule.score(80, minutes(10)), 80);
  EXPECT_EQ(rule.score(80, minutes(11)), 75);
  EXPECT_EQ(rule.score(3, minutes(11)), 0);
}

TEST(LateRule, MayRefuseOrForgiveLateness) {
  EXPECT_EQ(LateRule::parse("none").score(100, seconds(1)), 0);
  EXPECT_EQ(LateRule::parse("none, grace 1 min").score(100, seconds(60)), 100);
  EXPECT_EQ(LateRule().score(100, hours(1000)), 100);
}

TEST(LateRule, ThatIsNoneSaysWhatOneLooksLike) {
  for (const char* text : {"", "much", "10%/fortnight", "10% a day at most", "at most 3"}) {
    try {
      LateRule::parse(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Error::kMisuse);
      EXPECT_NE(std::string(error.what()).find("10%/day, at most 3 days"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace corokit::moulinette
