#include "running/test_run.hpp"

#include "error.hpp"
#include "running/printable.hpp"
#include "running/received.hpp"
#include "running/sanitizer.hpp"
#include "running/time_limit.hpp"

#include <fmt/format.h>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string_view>

namespace corokit::moulinette {
namespace {

const std::string kRefusedCall = ": it asked the system for something that no solution needs";

std::string place(const Received& received) {
  if (!received.last) return "before the first schedule";
  return *received.last ? fmt::format("in schedule {}", *received.last) : "on the thread pool";
}

/// Returns: the last line that the process printed, where an assert or a sanitizer says what was wrong.
std::string last_line(const std::string& output) {
  const std::size_t end = output.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "";
  const std::size_t before = output.find_last_of('\n', end);
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  return fmt::format(": {}",
                     std::string_view(output).substr(start, std::min<std::size_t>(end + 1 - start, 300)));
}

void judge_report(TestRun& run, const Finished& finished, const Received& received, std::uint64_t expected) {
  run.outcome = Outcome::failed;
  if (received.contradicted) {
    run.message = "the test was reported more than once, so one report is forged";
  } else if (text_of(received.report, "outcome") != "passed") {
    run.message = fmt::format("{} ({})", shortened(text_of(received.report, "message")), place(received));
  } else if (run.part.empty() && received.last) {
    run.message = fmt::format("spec.json does not list {}, which is a part of this test", received.part);
  } else if (!received.in_order || received.parts != expected) {
    run.message = fmt::format("it passed without playing each part under each schedule: {} of {}",
                              received.parts, expected);
  } else if (finished.code != 0) {
    run.outcome = Outcome::exited_early;
    run.message = fmt::format("the test passed, and then the program ended with status {}", finished.code);
  } else {
    run.outcome = Outcome::passed;
  }
}

/// Returns: the time under a key of a report; 0 if there is none.
std::chrono::microseconds microseconds_of(const nlohmann::json& report, const char* key) {
  const auto found = report.find(key);
  const bool is_there = found != report.end() && found->is_number_unsigned();
  return std::chrono::microseconds(is_there ? found->get<std::uint64_t>() : 0);
}

/// How much it was, in the words of a report, and what that means.
std::string spent(const Finished& finished, const LimitsSpec& limits) {
  if (finished.how == Finished::How::signalled) {
    return fmt::format("after {} s of processor time for one schedule{}",
                       std::chrono::duration<double>(limits.schedule).count(), kComputesForEver);
  }
  if (finished.code == SIGXCPU)
    return fmt::format("after {} s of processor time{}", limits.cpu.count(), kComputesForEver);
  return fmt::format("still running after {} s{}", limits.wall.count(), what_it_did(finished, limits.wall));
}

}  // namespace

std::vector<std::uint64_t> Schedules::order() const {
  if (only) return {*only};
  std::vector<std::uint64_t> seeds{1};
  for (std::uint64_t i = 1; i < count; ++i) seeds.push_back(seed + i);
  seeds.push_back(0);
  return seeds;
}

TestRun judge(const Finished& finished, const std::string& secret, const TestSpec& test,
              const Schedules& play, const LimitsSpec& limits) {
  const Received received = read_lines(finished.report, secret, test, play);
  TestRun run{.outcome = {},
              .message = {},
              .schedules = received.begun,
              .seed = {},
              .part = test.has(received.part) ? received.part : "",
              .timeline = received.timeline,
              .output = finished.output,
              .replayed = {}};
  if (received.report.is_object()) run.longest_part = microseconds_of(received.report, "longest_part");
  if (received.last && *received.last) run.seed = received.last;
  // The harness lets SIGPROF end a part that takes too much processor time. Whoever sends it to himself has used less.
  constexpr std::chrono::milliseconds kLeast{100};
  const bool is_spent =
      finished.how == Finished::How::signalled && finished.code == SIGPROF && finished.processor >= kLeast;
  switch (is_spent ? Finished::How::out_of_time : finished.how) {
    case Finished::How::not_started:
      throw broken(fmt::format("A test cannot be started: {}.", finished.output));
    case Finished::How::interrupted:
      run.outcome = Outcome::interrupted;
      run.message = "interrupted";
      break;
    case Finished::How::out_of_time:
      run.outcome = Outcome::hung;
      run.message = fmt::format("killed {}, {}", place(received), spent(finished, limits));
      break;
    case Finished::How::signalled:
      run.outcome = Outcome::crashed;
      run.message = fmt::format("killed by {} {}{}", signal_name(finished.code), place(received),
                                finished.code == SIGSYS ? kRefusedCall : last_line(finished.output));
      break;
    case Finished::How::exited:
      if (!received.report.is_null()) {
        judge_report(run, finished, received, parts_to_play(test, play));
        break;
      }
      run.outcome = Outcome::exited_early;
      run.message = fmt::format("the program ended {} with status {}, and never reported", place(received),
                                finished.code);
      break;
  }
  const std::string finding = run.outcome == Outcome::passed ? "" : sanitizer_finding(finished.output);
  if (!finding.empty()) {
    run.outcome = Outcome::crashed;
    run.message = fmt::format("{} ({})", finding, place(received));
  }
  run.message = printable(std::move(run.message));
  return run;
}

TestRun run_test(const TestProgram& program, const TestSpec& test, const Schedules& play,
                 const Interrupt& interrupt) {
  constexpr std::size_t kLine = 160;  // of an announcement, at most
  TestOrder order{.arguments = {test.name},
                  .seed = play.seed,
                  .part = program.limits.schedule,
                  .wall = program.limits.wall};
  if (play.only) {
    order.arguments.insert(order.arguments.end(), {"--schedule", std::to_string(*play.only)});
  } else {
    order.arguments.push_back(std::to_string(play.count));
  }
  order.report += (play.count + 1) * (test.parts.size() + 1) * kLine;
  const TestEnded ended = run_test_process(program, order, interrupt);
  TestRun run = judge(ended.finished, ended.secret, test, play, program.limits);
  run.processor = ended.finished.processor;
  const bool is_shown =
      run.outcome == Outcome::failed || run.outcome == Outcome::crashed || run.outcome == Outcome::hung;
  if (play.shown_for.empty() || !is_shown || !run.seed || run.part.empty()) return run;
  run.replayed = replay(program, {play.shown_for, run.part, *run.seed, ""}, interrupt);
  if (run.timeline.empty())
    run.timeline = run.replayed->timeline;  // a crash and a hang tell nothing themselves
  if (run.replayed->has_values && run.replayed->outcome == run.outcome)
    run.message = run.replayed->message;  // the same of the simplest scenario
  return run;
}

}  // namespace corokit::moulinette
