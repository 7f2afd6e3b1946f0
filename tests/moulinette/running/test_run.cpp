#include "running/test_run.hpp"

#include "error.hpp"
#include "running/printable.hpp"
#include "running/received.hpp"
#include "running/run_messages.hpp"
#include "running/sanitizer.hpp"
#include "running/time_limit.hpp"

#include <fmt/format.h>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string_view>

namespace corokit::moulinette {
namespace {

std::string place(const Received& received) {
  if (!received.last) return run_message("before the first schedule");
  return *received.last ? run_message("in schedule {}", *received.last) : run_message("on the thread pool");
}

/// Returns: what was found, and where.
std::string placed(const std::string& found, const Received& received) {
  return fmt::format("{} ({})", found, place(received));
}

/// Returns: the last line that the process printed, where an assert or a sanitizer says what was wrong.
std::string last_line(const std::string& output) {
  const std::size_t end = output.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "";
  const std::size_t before = output.find_last_of('\n', end);
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  return output.substr(start, std::min<std::size_t>(end + 1 - start, 300));
}

void judge_report(TestRun& run, const Finished& finished, const Received& received, std::uint64_t expected) {
  run.outcome = Outcome::failed;
  if (received.contradicted) {
    run.message = run_message("the test was reported more than once, so one report is forged");
  } else if (text_of(received.report, "outcome") != "passed") {
    run.message = placed(shortened(text_of(received.report, "message")), received);
  } else if (run.part.empty() && received.last) {
    run.message = run_message("spec.json does not list {}, which is a part of this test", received.part);
  } else if (!received.in_order || received.parts != expected) {
    run.message = run_message("it passed without playing each part under each schedule: {} of {}",
                              received.parts, expected);
  } else if (finished.code != 0) {
    run.outcome = Outcome::exited_early;
    run.message = run_message("the test passed, and then the program ended with status {}", finished.code);
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

/// Returns: which limit the process has reached, and what that means.
std::string out_of_time(const Finished& finished, const std::string& place, const LimitsSpec& limits) {
  if (finished.how == Finished::How::signalled)
    return run_message(kComputesForEver,
                       run_message("killed {}, after {} s of processor time for one schedule", place,
                                   std::chrono::duration<double>(limits.schedule).count()));
  if (finished.code == SIGXCPU)
    return run_message(kComputesForEver,
                       run_message("killed {}, after {} s of processor time", place, limits.cpu.count()));
  return still_running(finished, place, limits.wall);
}

/// Returns: what a signal means, or what the process said last.
std::string killed(const Finished& finished, const std::string& place) {
  const auto by = signal_name(finished.code);
  const std::string last = last_line(finished.output);
  if (finished.code == SIGSYS)
    return run_message("{}: it asked the system for something that no solution needs",
                       run_message("killed by {} {}", by, place));
  return last.empty() ? run_message("killed by {} {}", by, place)
                      : run_message("killed by {} {}: {}", by, place, last);
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
      run.message = run_message("interrupted");
      break;
    case Finished::How::out_of_time:
      run.outcome = Outcome::hung;
      run.message = out_of_time(finished, place(received), limits);
      break;
    case Finished::How::signalled:
      run.outcome = Outcome::crashed;
      run.message = killed(finished, place(received));
      break;
    case Finished::How::exited:
      if (!received.report.is_null()) {
        judge_report(run, finished, received, parts_to_play(test, play));
        break;
      }
      run.outcome = Outcome::exited_early;
      run.message = run_message("the program ended {} with status {}, and never reported", place(received),
                                finished.code);
      break;
  }
  const std::string finding = run.outcome == Outcome::passed ? "" : sanitizer_finding(finished.output);
  if (!finding.empty()) {
    run.outcome = Outcome::crashed;
    run.message = placed(finding, received);
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
