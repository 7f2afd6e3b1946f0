#include "running/test_process.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <sys/random.h>
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

}  // namespace

TestEnded run_test_process(const TestProgram& program, const TestOrder& order, const Interrupt& interrupt) {
  constexpr int kSanitizersAreSlow = 10;
  const int slower = program.sanitized ? kSanitizersAreSlow : 1;
  const std::string secret = new_secret();
  Command command{.argv = {program.executable.string()},
                  .directory = program.folder,
                  .environment = {"TSAN_OPTIONS=halt_on_error=1"},
                  .inherits_environment = false,
                  .secret = fmt::format("{} {} {}", secret, order.seed,
                                        slower * order.part / std::chrono::milliseconds(1))};
  command.argv.insert(command.argv.end(), order.arguments.begin(), order.arguments.end());
  return {run_process(command,
                      {.wall = slower * order.wall,
                       .cpu = slower * program.limits.cpu,
                       .memory = program.sanitized ? 0 : program.limits.memory_bytes,
                       .file = order.file,
                       .report = order.report},
                      interrupt),
          secret};
}

}  // namespace corokit::moulinette
