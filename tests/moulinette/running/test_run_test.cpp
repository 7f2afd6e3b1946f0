#include "running/test_run.hpp"

#include <gtest/gtest.h>
#include <csignal>

namespace corokit::moulinette {
namespace {

const LimitsSpec kLimits{.wall = std::chrono::seconds(20), .cpu = std::chrono::seconds(5)};
const TestSpec kTest{
    .name = "adds", .points = 1, .what = {}, .hint = {}, .parts = {{"adds_nothing", "", ""}}};
const std::string kPassed =
    "s3cret {\"test\":\"adds\",\"outcome\":\"passed\",\"message\":\"\",\"schedules\":21}\n";
const std::string kFailed =
    "s3cret {\"test\":\"adds\",\"outcome\":\"failed\",\"message\":\"5 at once\",\"schedules\":7}\n";

TestRun judge(Finished::How how, int code, const std::string& report, const std::string& output = "") {
  return moulinette::judge({.how = how, .code = code, .output = output, .report = report}, "s3cret", kTest,
                           kLimits);
}

TEST(Judge, BelievesAReportWithTheSecret) {
  const TestRun run = judge(Finished::How::exited, 0, "s3cret 1 adds\ns3cret 0 adds\n" + kPassed);
  EXPECT_EQ(run.outcome, Outcome::passed);
  EXPECT_EQ(run.message, "");
  EXPECT_EQ(run.schedules, 21U);
}

TEST(Judge, NamesTheScheduleThatFailed) {
  const TestRun run = judge(Finished::How::exited, 0, "s3cret 6 adds\ns3cret 7 adds\n" + kFailed);
  EXPECT_EQ(run.outcome, Outcome::failed);
  EXPECT_EQ(run.message, "5 at once (in schedule 7)");
  EXPECT_EQ(run.seed, 7U);
}

TEST(Judge, NamesThePartThatFailed) {
  const std::string begun = "s3cret 1 adds\ns3cret 1 adds_nothing\ns3cret 2 adds\ns3cret 2 adds_nothing\n";
  EXPECT_EQ(judge(Finished::How::exited, 0, begun + kFailed).part, "adds_nothing");
  const TestRun crashed = judge(Finished::How::signalled, SIGSEGV, begun);
  EXPECT_EQ(crashed.part, "adds_nothing");
  EXPECT_EQ(crashed.schedules, 2U);
}

TEST(Judge, NamesTheThreadPoolWhereItFailedThere) {
  const TestRun run = judge(Finished::How::exited, 0, "s3cret 7 adds\ns3cret 0 adds\n" + kFailed);
  EXPECT_EQ(run.message, "5 at once (on the thread pool)");
  EXPECT_FALSE(run.seed.has_value());
}

TEST(Judge, DoesNotBelieveAForgedReport) {
  std::string forged = kPassed;
  forged.replace(0, 6, "s3cres");
  const TestRun run = judge(Finished::How::exited, 0, forged, kPassed);
  EXPECT_EQ(run.outcome, Outcome::exited_early);
}

TEST(Judge, DoesNotBelieveTheReportOfAnotherTest) {
  std::string other = kPassed;
  other.replace(other.find("adds"), 4, "subs");
  EXPECT_EQ(judge(Finished::How::exited, 0, other).outcome, Outcome::exited_early);
}

TEST(Judge, BelievesNeitherOfTwoReports) {
  for (const std::string& reports : {kPassed + kFailed, kFailed + kPassed, kPassed + kPassed})
    EXPECT_EQ(judge(Finished::How::exited, 0, reports).outcome, Outcome::failed) << reports;
}

TEST(Judge, SilenceIsAnEarlyExit) {
  const TestRun run = judge(Finished::How::exited, 0, "s3cret 3 adds\n");
  EXPECT_EQ(run.outcome, Outcome::exited_early);
  EXPECT_EQ(run.message, "the program ended in schedule 3 with status 0, and never reported");
}

TEST(Judge, ASuccessThatEndsBadlyIsNone) {
  EXPECT_EQ(judge(Finished::How::exited, 1, kPassed).outcome, Outcome::exited_early);
  EXPECT_EQ(judge(Finished::How::signalled, SIGSEGV, kPassed).outcome, Outcome::crashed);
}

TEST(Judge, QuotesTheLastWordsOfACrash) {
  const TestRun run =
      judge(Finished::How::signalled, SIGABRT, "s3cret 2 adds\n", "first\nassertion \x1b[1mfailed\n\n");
  EXPECT_EQ(run.outcome, Outcome::crashed);
  EXPECT_EQ(run.message, "killed by SIGABRT in schedule 2: assertion  [1mfailed");
}

TEST(Judge, TellsAHangByItsLimit) {
  EXPECT_EQ(judge(Finished::How::out_of_time, 0, "s3cret 4 adds\n").message,
            "killed in schedule 4, still running after 20 s");
  EXPECT_EQ(judge(Finished::How::out_of_time, SIGXCPU, "").message,
            "killed before the first schedule, after 5 s of processor time");
}

TEST(Judge, SurvivesGarbageOnTheLine) {
  const std::string garbage =
      "s3cret {\ns3cret \ns3cret []\ns3cret \"\xff\xfe\"\ns3cret 99999999999999999999999\n";
  EXPECT_EQ(judge(Finished::How::exited, 0, garbage).outcome, Outcome::exited_early);
  EXPECT_EQ(judge(Finished::How::exited, 0, "s3cret {\"test\":\"adds\",\"outcome\":5}\n").outcome,
            Outcome::failed);
}

}  // namespace
}  // namespace corokit::moulinette
