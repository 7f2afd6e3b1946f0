#include "verdict/limits.hpp"

#include "building/compile.hpp"
#include "testing/changed_toy.hpp"
#include "verdict/expectations.hpp"

namespace corokit::moulinette {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The toy with limits of one second, for a test and for a schedule.
class Limits : public ChangedToy {
 protected:
  Limits() {
    spec_["limits"]["cpu_seconds"] = 1;
    spec_["schedules"] = 2;
    write_text(folder_ / "spec.json", spec_.dump());
    write_text(folder_ / "manifest.json", manifest_.dump());
    session_.emplace(Exercise{"toy", folder_ / "spec.json", folder_ / "manifest.json"}, OutputOptions(),
                     interrupt_);
  }

  /// Returns: a verdict on a solution that passes, whose test counts takes so long.
  Graded graded(milliseconds counts, milliseconds part = milliseconds(0)) const {
    TestRun adds;
    adds.outcome = Outcome::passed;
    TestRun run = adds;
    run.processor = counts;
    run.longest_part = part;
    return score(session_->spec, "x", {adds, run}, {});
  }

  Candidate of_roster(const std::string& name) {
    for (const RosterEntry& entry : session_->manifest.roster)
      if (entry.name == name) return {*session_, name, entry.object, entry.executable};
    throw std::invalid_argument(name);
  }

  Interrupt interrupt_;
  std::optional<Session> session_;
};

TEST_F(Limits, AreTwiceWhatRightSolutionsTake) {
  const LimitsSpec& limits = session_->spec.limits;
  EXPECT_TRUE(over_half(graded(milliseconds(500), milliseconds(500)), limits).empty());
  const auto whole = over_half(graded(milliseconds(501)), limits);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole[0].test, 1U);
  EXPECT_EQ(whole[0].limit, "cpu_seconds");
  EXPECT_EQ(over_half(graded(milliseconds(0), milliseconds(501)), limits)[0].limit, "schedule_cpu_seconds");
  EXPECT_EQ(for_right(limits).memory_bytes * 2, limits.memory_bytes);
}

TEST_F(Limits, AreLessThanSlowSolutionsTake) {
  const LimitsSpec slow = for_slow(session_->spec.limits);
  EXPECT_EQ(slow.cpu, seconds(2)) << "rounded up: the kernel counts in seconds";
  EXPECT_EQ(slow.schedule, milliseconds(1500));
}

TEST_F(Limits, NameWhoTakesMost) {
  const auto uses = largest_uses({graded(milliseconds(200)), graded(milliseconds(300), milliseconds(7))},
                                 session_->spec.limits);
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].limit, "cpu_seconds");
  EXPECT_DOUBLE_EQ(uses[0].used, 0.3);
  EXPECT_EQ(uses[0].who, "x, counts");
  EXPECT_DOUBLE_EQ(uses[1].used, 0.007);
}

TEST_F(Limits, BlameNobodyForABusyMachine) {
  const Candidate reference = of_roster("reference");
  EXPECT_EQ(check_uses({graded(milliseconds(900))}, {&reference}, *session_), std::vector<std::string>());
}

TEST_F(Limits, BlameWhatTakesTooMuchTwice) {
  write_text(folder_ / "burns.cpp",
             "#include \"toy.hpp\"\n#include <ctime>\n"
             "int add(int a, int b) { return a + b; }\n"
             "int count_to(int n) { while (std::clock() < CLOCKS_PER_SEC * 6 / 10) {} return n; }\n");
  Compiled compiled = copy_submission(folder_ / "burns.cpp", workspace_.make_folder("burns"));
  ASSERT_TRUE(compile(compiled, session_->manifest, session_->spec.limits, false, interrupt_))
      << compiled.message;
  ASSERT_TRUE(link(compiled, session_->manifest, session_->spec.limits, interrupt_)) << compiled.message;
  const Candidate burns(*session_, "burns", compiled.object, compiled.executable);
  const auto sentences = check_uses({graded(milliseconds(900))}, {&burns}, *session_);
  ASSERT_EQ(sentences.size(), 1U);
  EXPECT_TRUE(sentences[0].starts_with("x is right, but counts takes 0.")) << sentences[0];
  EXPECT_TRUE(sentences[0].ends_with(" of the 1 s of cpu_seconds: more than half")) << sentences[0];
}

TEST_F(Limits, AreToldByASlowSolutionThatHangs) {
  Graded slow = graded(milliseconds(0));
  EXPECT_EQ(unmet(Role::slow, {}, slow).size(), 1U) << "it passes";
  slow.tests[1].run.outcome = Outcome::hung;
  EXPECT_TRUE(unmet(Role::slow, {}, slow).empty());
  slow.tests[0].run.outcome = Outcome::failed;
  EXPECT_EQ(unmet(Role::slow, {}, slow).size(), 1U) << "it is wrong";
}

TEST_F(Limits, AreSuggested) {
  const Finished finished = moulinette({"validate", "--limits", "--json", "--kit", write_kit()});
  ASSERT_EQ(finished.code, 0) << finished.output;
  const Json limits = Json::parse(finished.output)[0]["limits"];
  ASSERT_EQ(limits.size(), 4U);
  for (const Json& limit : limits) {
    EXPECT_GT(limit["used"].get<double>(), 0) << limit;
    EXPECT_GE(limit["suggested"].get<double>(), 2 * limit["used"].get<double>()) << limit;
  }
  EXPECT_EQ(limits[3]["limit"], "memory_mib");
  EXPECT_LE(limits[3]["used"].get<double>(), limits[3]["allowed"].get<double>());
}

}  // namespace
}  // namespace corokit::moulinette
