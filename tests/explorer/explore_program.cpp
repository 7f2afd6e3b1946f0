// Plays the programs of a shared object on every schedule within bounds. See program.hpp.
#include <sys/personality.h>
#include <unistd.h>
#include <chrono>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "graded.hpp"
#include "interception/crashes.hpp"
#include "interception/player.hpp"

#include <sys/single_threaded.h>

namespace {

using corokit::explorer::Options;
using corokit::explorer::Report;
using corokit::explorer::Search;
using corokit::model::Player;

/// Addresses have to be the same each time: the process begins again without their randomization.
void fix_addresses(char** arguments) {
  const int now = personality(0xffffffff);
  if (now == -1 || (now & ADDR_NO_RANDOMIZE) != 0) return;
  if (personality(static_cast<unsigned long>(now) | ADDR_NO_RANDOMIZE) == -1) return;
  execv("/proc/self/exe", arguments);
}

/// Returns: whether nothing was found.
bool explore(Player& player, const Player::Program& program, Options options, bool timed) {
  options.name = program.name;
  const auto begin = std::chrono::steady_clock::now();
  const Report report = player.explore(program, options);
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  if (report.failure.empty()) {
    std::printf("%s: %s: %s\n", program.name.c_str(), report.exhausted ? "right" : "nothing found",
                report.coverage.c_str());
  } else {
    std::printf("%s: %s", program.name.c_str(), report.failure.c_str());
    if (!report.token.empty())
      std::printf("To see it again: the same with %s --replay %s\n", program.name.c_str(),
                  report.token.c_str());
  }
  if (timed)
    std::printf("%s: %.1f us for each of %llu schedules\n", program.name.c_str(),
                took.count() / static_cast<double>(report.schedules),
                static_cast<unsigned long long>(report.schedules));
  return report.failure.empty();
}

int run(int argc, char** argv) {
  Options options{.search = Search::depth_first, .preemptions = 2, .stale_loads = 1, .schedules = 20'000};
  std::string file;
  std::string only;
  bool timed = false;
  CLI::App app("Plays programs of threads on every schedule within bounds.");
  app.add_option("file", file, "The shared object; ./moulinette explore makes it of a FILE.cpp")->required();
  app.add_option("program", only, "The program; all of them if it is left out");
  app.add_option("--preemptions", options.preemptions, "The most preemptions of a schedule (2)");
  app.add_option("--stale-loads", options.stale_loads,
                 "The most loads of a schedule that see an old value (1)");
  app.add_option("--spurious", options.spurious_wakes,
                 "The most waits of a schedule that end for nothing (0)");
  app.add_option("--schedules", options.schedules, "The most schedules that are played (100,000)");
  const std::map<std::string, Search> searches{{"depth_first", Search::depth_first},
                                               {"pct", Search::pct},
                                               {"random", Search::random},
                                               {"thorough", Search::thorough}};
  app.add_option("--strategy", options.search, "depth_first, pct, random, thorough")
      ->type_name("NAME")
      ->transform(CLI::CheckedTransformer(searches).description(""));
  app.add_option("--seed", options.seed, "Decides what is random");
  app.add_option("--replay", options.replay, "The token of the only schedule that is played");
  app.add_option("--record", options.record, "The file that gets the recording of the schedule that fails");
  app.add_flag("--time", timed, "Say how long a schedule takes");
  std::vector<std::string> graded;
  app.add_option("--graded", graded,
                 "Play these for the grader: NAME:PREEMPTIONS:STALE:SPURIOUS:SCHEDULES; see graded.hpp")
      ->excludes("program");
  std::optional<std::string> moves;
  app.add_option("--duel", moves, "The moves of a duel, such as \"0 1 0\", with --graded; see graded.hpp");
  CLI11_PARSE(app, argc, argv);

  if (!graded.empty()) corokit::model::receive_orders_of_grader();
  Player player(file);
  const corokit::model::Crashes crashes;
  if (!graded.empty() && moves) {
    corokit::model::play_duel(player, graded.front(), *moves);
    return 0;
  }
  if (!graded.empty()) return corokit::model::play_for_grader(player, graded, options.replay) ? 0 : 1;
  bool right = true;
  bool known = false;
  for (const auto& program : player.programs()) {
    if (!only.empty() && program.name != only) continue;
    known = true;
    right = explore(player, program, options, timed) && right;
  }
  if (known) return right ? 0 : 1;
  std::fprintf(stderr, "%s has no program %s\n", file.c_str(), only.c_str());
  return 2;
}

}  // namespace

#if defined(__x86_64__)
constexpr bool kWorks = true;
#else
constexpr bool kWorks = false;
#endif

int main(int argc, char** argv) {
  if (!kWorks) {
    std::fputs("programs that use std:: alone are explored on x86-64 only\n", stderr);
    return 2;
  }
  fix_addresses(argv);
  __libc_single_threaded = 0;
  static char buffer[1U << 16U];
  std::setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  int status = 2;
  try {
    status = run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  std::fflush(stdout);
  _exit(status);  // what the shared object has left is not destroyed
}
