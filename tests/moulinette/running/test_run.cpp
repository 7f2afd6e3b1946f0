#include "running/test_run.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <array>
#include <charconv>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

namespace corokit::moulinette {
namespace {

std::string new_secret() {
  std::array<unsigned char, 16> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw broken("The system gives no random bytes.");
  }
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

/// Returns: the text without control characters and in valid UTF-8, for one line of a terminal and for JSON.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  const std::string valid =
      nlohmann::json(std::move(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(valid).get<std::string>();
}

/// The lines with the right secret that came over the socket.
struct Received {
  std::uint64_t begun = 0;            // how many schedules began
  std::optional<std::uint64_t> last;  // the schedule that began last; 0 is the thread pool
  std::string part;                   // that began last
  nlohmann::json report;              // the first report; null if there is none
  bool contradicted = false;          // whether there is a second report
};

std::string text_of(const nlohmann::json& report, const char* key) {
  const auto found = report.find(key);
  return found != report.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Received parse_lines(const std::string& text, const std::string& secret, const std::string& test) {
  Received received;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(secret + " ")) continue;
    const std::string_view said = std::string_view(line).substr(secret.size() + 1);
    std::uint64_t seed = 0;
    const char* const end = said.data() + said.size();
    const auto number = std::from_chars(said.data(), end, seed);
    if (number.ec == std::errc{} && number.ptr != end && *number.ptr == ' ') {
      if (received.last != seed) ++received.begun;
      received.last = seed;
      received.part.assign(number.ptr + 1, end);
      continue;
    }
    auto report = nlohmann::json::parse(printable(std::string(said)), nullptr, false);
    if (!report.is_object() || text_of(report, "test") != test) continue;
    received.contradicted = !received.report.is_null();
    if (!received.contradicted) received.report = std::move(report);
  }
  return received;
}

std::string place(const Received& received) {
  if (!received.last) return "before the first schedule";
  return *received.last ? fmt::format("in schedule {}", *received.last) : "on the thread pool";
}

/// Returns: the part of the test that began last, if it is one of the test's.
std::string known_part(const Received& received, const TestSpec& test) {
  return test.has(received.part) ? received.part : "";
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

void judge_report(TestRun& run, const Finished& finished, const Received& received) {
  const auto schedules = received.report.find("schedules");
  if (schedules != received.report.end() && schedules->is_number_unsigned()) run.schedules = *schedules;
  if (received.contradicted) {
    run.outcome = Outcome::failed;
    run.message = "the test was reported more than once, so one report is forged";
  } else if (text_of(received.report, "outcome") != "passed") {
    run.outcome = Outcome::failed;
    run.message = fmt::format("{} ({})", text_of(received.report, "message"), place(received));
  } else if (finished.code != 0) {
    run.outcome = Outcome::exited_early;
    run.message = fmt::format("the test passed, and then the program ended with status {}", finished.code);
  } else {
    run.outcome = Outcome::passed;
  }
}

}  // namespace

TestRun judge(const Finished& finished, const std::string& secret, const TestSpec& test,
              const LimitsSpec& limits) {
  const Received received = parse_lines(finished.report, secret, test.name);
  TestRun run{.outcome = {},
              .message = {},
              .schedules = received.begun,
              .seed = {},
              .part = known_part(received, test)};
  if (received.last && *received.last) run.seed = received.last;
  switch (finished.how) {
    case Finished::How::not_started:
      throw broken(fmt::format("A test cannot be started: {}.", finished.output));
    case Finished::How::interrupted:
      run.outcome = Outcome::interrupted;
      run.message = "interrupted";
      break;
    case Finished::How::out_of_time:
      run.outcome = Outcome::hung;
      run.message =
          finished.code == SIGXCPU
              ? fmt::format("killed {}, after {} s of processor time", place(received), limits.cpu.count())
              : fmt::format("killed {}, still running after {} s", place(received), limits.wall.count());
      break;
    case Finished::How::signalled:
      run.outcome = Outcome::crashed;
      run.message = fmt::format("killed by {} {}{}", signal_name(finished.code), place(received),
                                last_line(finished.output));
      break;
    case Finished::How::exited:
      if (!received.report.is_null()) {
        judge_report(run, finished, received);
        break;
      }
      run.outcome = Outcome::exited_early;
      run.message = fmt::format("the program ended {} with status {}, and never reported", place(received),
                                finished.code);
      break;
  }
  run.message = printable(std::move(run.message));
  return run;
}

TestRun run_test(const std::filesystem::path& executable, const TestSpec& test, const Spec& spec,
                 bool sanitized, const std::filesystem::path& folder, const Interrupt& interrupt) {
  const Command command{.argv = {executable.string(), test.name, std::to_string(spec.schedules)},
                        .directory = folder,
                        .inherits_environment = false,
                        .secret = new_secret()};
  const ProcessLimits limits{.wall = spec.limits.wall,
                             .cpu = spec.limits.cpu,
                             .memory = sanitized ? 0 : spec.limits.memory_bytes,
                             .file = 1U << 20U};
  return judge(run_process(command, limits, interrupt), command.secret, test, spec.limits);
}

}  // namespace corokit::moulinette
