#include "running/run_messages.hpp"

#include <gtest/gtest.h>
#include <set>

namespace corokit::moulinette {
namespace {

TEST(RunMessages, AreThereOnceAndInFrenchWithTheSamePlaces) {
  const auto places = [](std::string_view text) {
    std::size_t number = 0;
    for (std::size_t at = 0; (at = text.find("{}", at)) != std::string_view::npos; ++at) ++number;
    return number;
  };
  std::set<std::string_view> seen;
  for (const auto& [english, french] : kRunMessages) {
    EXPECT_TRUE(seen.insert(english).second) << english;
    EXPECT_NE(english, french);
    EXPECT_EQ(places(english), places(french)) << english;
  }
}

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

}  // namespace
}  // namespace corokit::moulinette
