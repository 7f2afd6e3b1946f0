#include "running/test_process.hpp"

#include "error.hpp"
#include "sandbox/box.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <algorithm>
#include <array>

namespace corokit::moulinette {
namespace {

std::string new_secret() {
  std::array<unsigned char, 16> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw broken("The system gives no random bytes.");
  }
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

/// Whether it plays schedules in processes of its own; see attempt.hpp of the harness.
bool plays_in_processes(const TestOrder& order) {
  return std::ranges::any_of(order.arguments, [](const std::string& argument) {
    return argument == "--shrink" || argument == "--replay";
  });
}

Box box_of(const TestProgram& program, const TestOrder& order) {
  Box box{.needs = plays_in_processes(order) ? Needs::replay : Needs::test,
          .readable = program.explored,
          .folder = program.folder};
  box.readable.push_back(program.executable);
  if (program.sanitized) box.needs = Needs::sanitizer;
  if (!program.explored.empty()) box.needs = Needs::explorer;
  return box;
}

}  // namespace

TestEnded run_test_process(const TestProgram& program, const TestOrder& order, const Interrupt& interrupt) {
  constexpr int kSanitizersAreSlow = 10;
  const int slower = program.sanitized ? kSanitizersAreSlow : 1;
  const std::string secret = new_secret();
  Command command{
      .argv = {program.executable.string()},
      .directory = program.folder,
      .environment = {"TSAN_OPTIONS=halt_on_error=1"},
      .inherits_environment = false,
      // A sanitizer reads its program when it has found something, so that is not confined.
      .secret = fmt::format("{} {} {} {}", secret, order.seed,
                            slower * order.part / std::chrono::milliseconds(1), program.sanitized ? 0 : 1)};
  command.argv.insert(command.argv.end(), order.arguments.begin(), order.arguments.end());
  const ProcessLimits limits{.wall = slower * order.wall,
                             .cpu = slower * program.limits.cpu,
                             .memory = program.sanitized ? 0 : program.limits.memory_bytes,
                             .file = order.file,
                             .report = order.report};
  if (program.trusted) return {run_process(command, limits, interrupt), secret};
  return {run_in_box(command, box_of(program, order), limits, interrupt), secret};
}

}  // namespace corokit::moulinette
