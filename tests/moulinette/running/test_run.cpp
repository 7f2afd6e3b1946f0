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

/// Fit for one line of a terminal and for JSON: no control characters, valid UTF-8.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  const std::string valid =
      nlohmann::json(std::move(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(valid).get<std::string>();
}

/// What came over the socket, once the lines of others are taken away.
struct Heard {
  std::uint64_t begun = 0;            // schedules
  std::optional<std::uint64_t> last;  // the schedule begun last; 0: the thread pool
  nlohmann::json report;              // the first; null when none came
  bool contradicted = false;          // another came
};

std::string said_of(const nlohmann::json& report, const char* key) {
  const auto found = report.find(key);
  return found != report.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Heard listen(const std::string& text, const std::string& secret, const std::string& test) {
  Heard heard;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(secret + " ")) continue;
    const std::string_view said = std::string_view(line).substr(secret.size() + 1);
    std::uint64_t seed = 0;
    if (!said.empty() &&
        std::from_chars(said.data(), said.data() + said.size(), seed).ptr == said.data() + said.size()) {
      heard.last = seed;
      ++heard.begun;
      continue;
    }
    auto report = nlohmann::json::parse(printable(std::string(said)), nullptr, false);
    if (!report.is_object() || said_of(report, "test") != test) continue;
    heard.contradicted = !heard.report.is_null();
    if (!heard.contradicted) heard.report = std::move(report);
  }
  return heard;
}

std::string place(const Heard& heard) {
  if (!heard.last) return "before the first schedule";
  return *heard.last ? fmt::format("in schedule {}", *heard.last) : "on the thread pool";
}

/// The last line it printed, which for an assert or a sanitizer says what was wrong.
std::string last_words(const std::string& output) {
  const std::size_t end = output.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "";
  const std::size_t before = output.find_last_of('\n', end);
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  return fmt::format(": {}",
                     std::string_view(output).substr(start, std::min<std::size_t>(end + 1 - start, 300)));
}

void judge_report(TestRun& run, const Finished& finished, const Heard& heard) {
  const auto schedules = heard.report.find("schedules");
  if (schedules != heard.report.end() && schedules->is_number_unsigned()) run.schedules = *schedules;
  if (heard.contradicted) {
    run.outcome = Outcome::failed;
    run.message = "the test was reported more than once, so one report is forged";
  } else if (said_of(heard.report, "outcome") != "passed") {
    run.outcome = Outcome::failed;
    run.message = fmt::format("{} ({})", said_of(heard.report, "message"), place(heard));
  } else if (finished.code != 0) {
    run.outcome = Outcome::exited_early;
    run.message = fmt::format("the test passed, and then the program ended with status {}", finished.code);
  } else {
    run.outcome = Outcome::passed;
  }
}

}  // namespace

TestRun judge(const Finished& finished, const std::string& secret, const std::string& test,
              const LimitsSpec& limits) {
  const Heard heard = listen(finished.report, secret, test);
  TestRun run{.outcome = {}, .message = {}, .schedules = heard.begun, .seed = {}};
  if (heard.last && *heard.last) run.seed = heard.last;
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
              ? fmt::format("killed {}, after {} s of processor time", place(heard), limits.cpu.count())
              : fmt::format("killed {}, still running after {} s", place(heard), limits.wall.count());
      break;
    case Finished::How::signalled:
      run.outcome = Outcome::crashed;
      run.message = fmt::format("killed by {} {}{}", signal_name(finished.code), place(heard),
                                last_words(finished.output));
      break;
    case Finished::How::exited:
      if (!heard.report.is_null()) {
        judge_report(run, finished, heard);
        break;
      }
      run.outcome = Outcome::exited_early;
      run.message =
          fmt::format("the program ended {} with status {}, and never reported", place(heard), finished.code);
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
  return judge(run_process(command, limits, interrupt), command.secret, test.name, spec.limits);
}

}  // namespace corokit::moulinette
