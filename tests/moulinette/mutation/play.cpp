#include "mutation/play.hpp"

#include "output/progress.hpp"
#include "running/jobs.hpp"
#include "verdict/candidate.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <algorithm>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kReserve = 5;          // a mutant may take this many times as long as a right program
constexpr seconds kLongestWait{20};  // for a process that does nothing; a busy machine lets others wait, too

/// Returns: the processor time of the processes that have ended.
milliseconds cpu_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto time = [](const timeval& of) {
    return seconds(of.tv_sec) + std::chrono::microseconds(of.tv_usec);
  };
  return std::chrono::duration_cast<milliseconds>(time(usage.ru_utime) + time(usage.ru_stime));
}

TestRun play(const Session& session, const fs::path& executable, std::size_t test, const LimitsSpec& limits,
             const std::string& folder_name) {
  const fs::path folder = session.workspace.make_folder(folder_name);
  TestRun run = run_test({executable, folder, limits, session.manifest.sanitized, true},
                         session.spec.tests[test], session.play, session.interrupt);
  std::error_code ignored;  // the workspace is removed in the end
  fs::remove_all(folder, ignored);
  return run;
}

/// Plays the tests on a victim, one after the other, so that which of them are spared is the same each time.
Runs play_victim(const Session& session, const Victim& victim, const std::vector<TestLimit>& limits,
                 const std::string& folder_name) {
  Runs runs;
  int kills = 0;
  bool hung = false;
  for (std::size_t test = 0; test < session.spec.tests.size(); ++test) {
    const bool is_settled = hung && kills >= 2;
    if (is_settled || session.interrupt.requested()) {
      runs.emplace_back();
      continue;
    }
    LimitsSpec limit = session.spec.limits;
    limit.cpu = limits[test].cpu;
    limit.wall = limits[test].wall;
    const TestRun run = play(session, victim.executable, test, limit, folder_name);
    hung = hung || run.outcome == Outcome::hung;
    kills += run.outcome == Outcome::passed ? 0 : 1;
    runs.emplace_back(run);
  }
  return runs;
}

}  // namespace

void TestLimit::allow(const Played& right, const LimitsSpec& most) {
  cpu = std::min(most.cpu, std::max(cpu, std::chrono::ceil<seconds>(kReserve * right.cpu)));
  wall = std::min(most.wall, std::max(wall, kLongestWait + cpu));
}

std::optional<std::vector<Played>> play_one_by_one(Session& session, const fs::path& executable) {
  Jobs jobs;
  std::vector<JobResult<Played>> results;
  for (std::size_t test = 0; test < session.spec.tests.size(); ++test) {
    const std::string name =
        fmt::format("{}.{}", executable.filename().string(), session.spec.tests[test].name);
    results.push_back(jobs.add(name, [&session, &executable, test, name] {
      const milliseconds before = cpu_of_children();
      TestRun run = play(session, executable, test, session.spec.limits, name);
      return Played{std::move(run), cpu_of_children() - before};
    }));
  }
  Progress progress(session.output.progress, jobs.size());
  if (!jobs.run(1, session.interrupt, [&progress](const std::string& name) { progress.ended(name); }))
    return {};
  std::vector<Played> played;
  for (const auto& result : results) played.push_back(*result);
  return played;
}

std::optional<std::vector<Runs>> play_all(Session& session, const std::vector<Victim>& victims,
                                          const std::vector<TestLimit>& limits, const KeptRuns& kept) {
  Jobs jobs;
  std::vector<JobResult<Runs>> results;
  for (std::size_t i = 0; i < victims.size(); ++i) {
    results.push_back(jobs.add(victims[i].name, [&session, &victim = victims[i], &limits, &kept, i] {
      Runs runs = play_victim(session, victim, limits, fmt::format("victim.{}", i));
      if (!session.interrupt.requested()) kept.keep(victim.hash, runs);
      return runs;
    }));
  }
  if (!run_tests(jobs, session)) return {};
  std::vector<Runs> runs;
  for (const auto& result : results) runs.push_back(*result);
  return runs;
}

}  // namespace corokit::moulinette
