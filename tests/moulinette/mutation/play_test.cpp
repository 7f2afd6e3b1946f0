#include "mutation/play.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(TestLimit, LeavesARightProgramPlentyOfTimeWithinTheLimitsOfTheSpec) {
  const LimitsSpec most{.wall = seconds(60), .cpu = seconds(10), .compile = seconds(60)};
  TestLimit limit;
  limit.allow({.run = {}, .cpu = milliseconds(20)}, most);
  EXPECT_EQ(limit.cpu, seconds(1));
  limit.allow({.run = {}, .cpu = milliseconds(500)}, most);
  EXPECT_EQ(limit.cpu, seconds(3));
  limit.allow({.run = {}, .cpu = milliseconds(20)}, most);
  EXPECT_EQ(limit.cpu, seconds(3)) << "another right program needs more";
  limit.allow({.run = {}, .cpu = seconds(5)}, most);
  EXPECT_EQ(limit.cpu, most.cpu);
  EXPECT_LE(limit.wall, most.wall);
}

/// The toy, with one test four times.
class Play : public testing::Test {
 protected:
  Play() { session_.spec.tests.assign(4, session_.spec.tests.front()); }

  fs::path script(const std::string& name, const std::string& text) {
    fs::path file = session_.workspace.path() / name;
    write_text(file, "#!/bin/sh\n" + text + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }
  std::vector<Runs> play(const std::vector<Victim>& victims) {
    return play_all(session_, victims, std::vector<TestLimit>(4, {.cpu = seconds(1), .wall = seconds(1)}),
                    kept_)
        .value();
  }

  Interrupt interrupt_;
  Session session_{load_kit(TOY_KIT).front(), {}, interrupt_};
  const KeptRuns kept_{session_, session_.workspace.path(), false};
};

TEST_F(Play, RunsEveryTestOfWhatEnds) {
  const std::vector<Runs> all = play({{"ends", script("ends", "exit 3")}});
  for (const auto& run : all.front()) {
    ASSERT_TRUE(run);
    EXPECT_EQ(run->outcome, Outcome::exited_early);
  }
}

TEST_F(Play, SparesWhatHangsAsSoonAsTwoTestsHaveKilledIt) {
  const Victim victim{"hangs", script("hangs", "exec sleep 60")};
  const std::size_t more_than_at_once = std::size_t{9} * std::max(1U, std::thread::hardware_concurrency());
  for (const Runs& runs : play(std::vector<Victim>(more_than_at_once, victim))) {
    ASSERT_TRUE(runs[0] && runs[1]);
    EXPECT_EQ(runs[0]->outcome, Outcome::hung);
    EXPECT_EQ(runs[1]->outcome, Outcome::hung);
    EXPECT_FALSE(runs[2] || runs[3]);
  }
}

}  // namespace
}  // namespace corokit::moulinette
