#include "running/test_run.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <csignal>

namespace corokit::moulinette {
namespace {

using How = Finished::How;

const LimitsSpec kLimits{
    .wall = std::chrono::seconds(20), .cpu = std::chrono::seconds(5), .schedule = std::chrono::seconds(1)};
const TestSpec kTest{
    .name = "adds", .points = 1, .what = {}, .hints = {}, .parts = {{"adds_nothing", "", ""}}};
const Schedules kSchedules{.seed = 70, .count = 2};
const std::string kPassed = "s3cret {\"outcome\":\"passed\"}\n";
const std::string kFailed =
    "s3cret {\"outcome\":\"failed\",\"message\":\"5 at once\",\"timeline\":[[1500000,\"task "
    "3\",\"started\"]]}\n";
// What a right implementation announces.
const std::string kAll =
    "s3cret 1 adds\ns3cret 1 adds_nothing\ns3cret 71 adds\ns3cret 71 adds_nothing\n"
    "s3cret 0 adds\ns3cret 0 adds_nothing\n";

TestRun judge(How how, int code, const std::string& report, const std::string& output = "",
              const Schedules& play = kSchedules) {
  return moulinette::judge({.how = how, .code = code, .output = output, .report = report}, "s3cret", kTest,
                           play, kLimits);
}

TEST(Schedules, BeginsWithTheSubjectAndEndsOnThreads) {
  EXPECT_EQ((Schedules{.seed = 70, .count = 3}.order()), (std::vector<std::uint64_t>{1, 71, 72, 0}));
  EXPECT_EQ((Schedules{.seed = 70, .count = 3, .only = 17}.order()), std::vector<std::uint64_t>{17});
}

TEST(Judge, BelievesAPassAfterAllPartsOfAllSchedules) {
  const TestRun run = judge(How::exited, 0, kAll + kPassed);
  EXPECT_EQ(run.outcome, Outcome::passed) << run.message;
  EXPECT_EQ(run.message, "");
  EXPECT_EQ(run.schedules, 3U);
}

TEST(Judge, DoesNotBelieveAPassThatLeftSomethingOut) {
  const std::string line = "s3cret 71 adds_nothing\n";
  for (const std::string& instead : {std::string(), line + line, std::string("s3cret 72 adds_nothing\n")}) {
    std::string announced = kAll;
    announced.replace(announced.find(line), line.size(), instead);
    const TestRun run = judge(How::exited, 0, announced + kPassed);
    EXPECT_EQ(run.outcome, Outcome::failed) << instead;
    EXPECT_NE(run.message.find("without playing each part"), std::string::npos) << run.message;
  }
  EXPECT_EQ(judge(How::exited, 0, kPassed).outcome, Outcome::failed);
}

TEST(Judge, SaysWhichPartIsNotListed) {
  EXPECT_EQ(judge(How::exited, 0, "s3cret 1 adds\ns3cret 1 adds_more\n" + kPassed).message,
            "spec.json does not list adds_more, which is a part of this test");
}

TEST(Judge, BelievesAPassOfTheOnlySchedule) {
  const Schedules one{.count = 2, .only = 17};
  EXPECT_EQ(judge(How::exited, 0, "s3cret 17 adds\ns3cret 17 adds_nothing\n" + kPassed, "", one).outcome,
            Outcome::passed);
  EXPECT_EQ(judge(How::exited, 0, kAll + kPassed, "", one).outcome, Outcome::failed);
}

TEST(Judge, NamesTheScheduleAndThePartThatFailed) {
  const TestRun run = judge(How::exited, 0, "s3cret 1 adds\ns3cret 1 adds_nothing\n" + kFailed);
  EXPECT_EQ(run.outcome, Outcome::failed);
  EXPECT_EQ(run.message, "5 at once (in schedule 1)");
  EXPECT_EQ(run.seed, 1U);
  EXPECT_EQ(run.part, "adds_nothing");
  EXPECT_EQ(run.schedules, 1U);
}

TEST(Judge, KeepsTheTimelineOfAFailure) {
  const TestRun run = judge(How::exited, 0, "s3cret 1 adds\n" + kFailed);
  ASSERT_EQ(run.timeline.size(), 1U);
  EXPECT_EQ(run.timeline[0].time, std::chrono::microseconds(1500));
  EXPECT_EQ(run.timeline[0].task, "task 3");
  EXPECT_EQ(run.timeline[0].event, "started");
}

TEST(Judge, KeepsTheEventsThatCameBeforeACrash) {
  const TestRun run =
      judge(How::signalled, SIGSEGV, "s3cret 3 adds\ns3cret [5,\"task 1\",\"started\"]\ns3cret [6,7]\n");
  EXPECT_EQ(run.outcome, Outcome::crashed);
  ASSERT_EQ(run.timeline.size(), 1U);
  EXPECT_EQ(run.timeline[0].task, "task 1");
}

TEST(Judge, NamesTheThreadPoolWhereItFailedThere) {
  const TestRun run = judge(How::exited, 0, "s3cret 71 adds\ns3cret 0 adds\n" + kFailed);
  EXPECT_EQ(run.message, "5 at once (on the thread pool)");
  EXPECT_FALSE(run.seed.has_value());
}

TEST(Judge, ShortensALongMessage) {
  const std::string report =
      "s3cret {\"outcome\":\"failed\",\"message\":\"begin" + std::string(300'000, 'x') + "end\"}\n";
  const TestRun run = judge(How::exited, 0, "s3cret 1 adds\n" + report);
  EXPECT_EQ(run.outcome, Outcome::failed);
  EXPECT_LT(run.message.size(), 1500U);
  EXPECT_TRUE(run.message.starts_with("begin"));
  EXPECT_TRUE(run.message.ends_with("end (in schedule 1)")) << run.message;
}

TEST(Judge, DoesNotBelieveAForgedReport) {
  std::string forged = kAll + kPassed;
  for (std::size_t at = 0; (at = forged.find("s3cret", at)) != std::string::npos;)
    forged.replace(at, 6, "s3cres");
  EXPECT_EQ(judge(How::exited, 0, forged, kAll + kPassed).outcome, Outcome::exited_early);
}

TEST(Judge, BelievesNeitherOfTwoReports) {
  for (const std::string& reports : {kPassed + kFailed, kFailed + kPassed, kPassed + kPassed})
    EXPECT_EQ(judge(How::exited, 0, kAll + reports).outcome, Outcome::failed) << reports;
}

TEST(Judge, SilenceIsAnEarlyExit) {
  const TestRun run = judge(How::exited, 0, "s3cret 3 adds\n");
  EXPECT_EQ(run.outcome, Outcome::exited_early);
  EXPECT_EQ(run.message, "the program ended in schedule 3 with status 0, and never reported");
}

TEST(Judge, ASuccessThatEndsBadlyIsNone) {
  EXPECT_EQ(judge(How::exited, 1, kAll + kPassed).outcome, Outcome::exited_early);
  EXPECT_EQ(judge(How::signalled, SIGSEGV, kAll + kPassed).outcome, Outcome::crashed);
}

TEST(Judge, QuotesTheLastWordsOfACrash) {
  const TestRun run = judge(How::signalled, SIGABRT, "s3cret 2 adds\n", "first\nassertion \x1b[1mfailed\n\n");
  EXPECT_EQ(run.outcome, Outcome::crashed);
  EXPECT_EQ(run.message, "killed by SIGABRT in schedule 2: assertion  [1mfailed");
}

TEST(Judge, SaysWhatTheSandboxKilledItFor) {
  EXPECT_EQ(judge(How::signalled, SIGSYS, "s3cret 2 adds\n", "last words\n").message,
            "killed by SIGSYS in schedule 2: it asked the system for something that no solution needs");
}

TEST(Judge, TellsWhatASanitizerFound) {
  const std::string output =
      "SUMMARY: AddressSanitizer: heap-use-after-free x.cpp:7 in run()\nShadow bytes\n";
  for (const std::string& report : {std::string("s3cret 2 adds\n"), kAll + kPassed}) {
    const TestRun run = judge(How::exited, 1, report, output);
    EXPECT_EQ(run.outcome, Outcome::crashed);
    EXPECT_TRUE(run.message.starts_with("AddressSanitizer: heap-use-after-free x.cpp:7 in run() ("))
        << run.message;
  }
  EXPECT_EQ(judge(How::exited, 0, kAll + kPassed, output).outcome, Outcome::passed)
      << "it printed that itself";
}

TEST(Judge, TellsAHangByItsLimit) {
  EXPECT_EQ(judge(How::out_of_time, SIGXCPU, "").message,
            "killed before the first schedule, after 5 s of processor time: it loops, or computes for far "
            "too long");
  const auto after = [](std::chrono::milliseconds processor) {
    return moulinette::judge(
        {.how = How::signalled, .code = SIGPROF, .report = "s3cret 4 adds\n", .processor = processor},
        "s3cret", kTest, kSchedules, kLimits);
  };
  const TestRun spent = after(std::chrono::milliseconds(1004));
  EXPECT_EQ(spent.outcome, Outcome::hung);
  EXPECT_EQ(spent.message,
            "killed in schedule 4, after 1 s of processor time for one schedule: it loops, or computes for "
            "far too long");
  EXPECT_EQ(after(std::chrono::milliseconds(3)).message, "killed by SIGPROF in schedule 4");
}

TEST(Judge, TellsALostWakeUpFromASpin) {
  const std::string announced = "s3cret 4 adds\n";
  const auto message = [&](std::chrono::milliseconds processor) {
    return moulinette::judge({.how = How::out_of_time, .report = announced, .processor = processor}, "s3cret",
                             kTest, kSchedules, kLimits)
        .message;
  };
  const std::string killed = "killed in schedule 4, still running after 20 s";
  EXPECT_EQ(message(std::chrono::milliseconds(30)), killed + ": it waits for something that never comes");
  EXPECT_EQ(message(std::chrono::seconds(1)), killed) << "it may have been slow, and may have waited";
  EXPECT_EQ(message(std::chrono::seconds(3)), killed + ": it loops, or computes for far too long");
}

TEST(Judge, SurvivesGarbageOnTheLine) {
  const std::string garbage =
      "s3cret {\ns3cret \ns3cret []\ns3cret \"\xff\xfe\"\ns3cret 99999999999999999999999 x\ns3cret 1\n";
  EXPECT_EQ(judge(How::exited, 0, garbage).outcome, Outcome::exited_early);
  for (const char* report : {"{\"outcome\":5}", "{\"outcome\":\"failed\",\"timeline\":[1,[],[1,2,3]]}",
                             "{\"outcome\":\"failed\",\"timeline\":5}"})
    EXPECT_EQ(judge(How::exited, 0, fmt::format("s3cret {}\n", report)).outcome, Outcome::failed) << report;
}

}  // namespace
}  // namespace corokit::moulinette
