#include "running/run_messages.hpp"

#include "running/outcome.hpp"
#include "sandbox/sandbox.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(RunMessages, AreFrenchAsAWhole) {
  const std::string where = run_message("in schedule {}", 4);
  const std::string killed = run_message("killed {}, still running after {} s", where, 20);
  EXPECT_EQ(run_message_in_french(run_message("{}: it waits for something that never comes", killed)),
            "arrêté dans l'ordonnancement 4, encore en cours après 20 s : il attend quelque chose qui ne "
            "vient jamais");
  const std::string signal =
      run_message("killed by {} {}", "SIGSYS", run_message("before the first schedule"));
  EXPECT_EQ(run_message_in_french(
                run_message("{}: it asked the system for something that no solution needs", signal)),
            "tué par SIGSYS avant le premier ordonnancement : il a demandé au système ce dont aucune "
            "solution n'a besoin");
}

TEST(RunMessages, LeaveAloneWhatTestsAndProgramsSay) {
  for (const char* other :
       {"", "expected 3, got 4", "in the end nothing (at all)", "x.cpp:3: error: expected ';'"})
    EXPECT_EQ(run_message_in_french(other), other);
  EXPECT_EQ(run_message_in_french("killed by SIGABRT on the thread pool: Assertion `a' failed."),
            "tué par SIGABRT sur le pool de threads : Assertion `a' failed.");
  EXPECT_EQ(run_message_in_french("interrupted\nby a line"), "interrompu\nby a line");
}

TEST(RunMessages, HaveWhatOutcomesAndSandboxesMean) {
  for (const Outcome outcome :
       {Outcome::passed, Outcome::failed, Outcome::crashed, Outcome::hung, Outcome::exited_early,
        Outcome::did_not_compile, Outcome::refused, Outcome::interrupted})
    EXPECT_NE(run_message_in_french(std::string(explanation(outcome))), explanation(outcome));
  for (const SandboxLevel level :
       {SandboxLevel::none, SandboxLevel::filtered, SandboxLevel::isolated, SandboxLevel::full})
    EXPECT_NE(run_message_in_french(std::string(what_remains(level))), what_remains(level));
}

TEST(RunMessages, HaveHowMuchWasPlayed) {
  EXPECT_EQ(run_message_in_french("all 3 schedules that there are"), "les 3 ordonnancements possibles");
  EXPECT_EQ(run_message_in_french("all 1,204 schedules with at most 2 preemptions, 1 stale load"),
            "tous les 1,204 ordonnancements avec au plus 2 préemptions, 1 lecture périmée");
  EXPECT_EQ(
      run_message_in_french("9 schedules depth first: all with at most 1 preemption, and some with more"),
      "9 ordonnancements en profondeur : tous avec au plus 1 préemption, et certains avec plus");
}

}  // namespace
}  // namespace corokit::moulinette
