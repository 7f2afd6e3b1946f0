#include "compile.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kMemory = std::size_t{4} << 30U;  // templates can ask for anything
constexpr int kPatience = 10;  // the limit counts processor time: a busy machine is not the student's fault

bool step(Compiled& compiled, std::vector<std::string> argv, const LimitsSpec& limits,
          const Interrupt& interrupt) {
  const Command command{.argv = std::move(argv)};
  const Finished finished = run_process(
      command, {.wall = kPatience * limits.compile, .cpu = limits.compile, .memory = kMemory}, interrupt);
  compiled.message = finished.output;
  compiled.interrupted = finished.how == Finished::How::interrupted;
  if (finished.how == Finished::How::out_of_time) {
    compiled.message +=
        fmt::format("The compiler did not finish within {} s of processor time.\n", limits.compile.count());
  }
  return finished.succeeded();
}

}  // namespace

Compiled compile(const std::filesystem::path& source, const Manifest& manifest, const LimitsSpec& limits,
                 bool colour, const std::filesystem::path& folder, const Interrupt& interrupt) {
  Compiled compiled{.message = {}, .object = folder / "solution.o", .executable = folder / "solution"};
  const std::string file = source.string();
  std::vector<std::string> argv = manifest.compile;
  argv.insert(argv.end(), {fmt::format("-fdiagnostics-color={}", colour ? "always" : "never"), "-c",
                           file.starts_with('-') ? "./" + file : file, "-o", compiled.object.string()});
  if (!step(compiled, std::move(argv), limits, interrupt)) return compiled;

  argv = manifest.link;
  std::ranges::replace(argv, std::string("{solution}"), compiled.object.string());
  argv.insert(argv.end(), {"-o", compiled.executable.string()});
  const std::string warnings = compiled.message;
  compiled.done = step(compiled, std::move(argv), limits, interrupt);
  if (compiled.done) compiled.message = warnings;
  return compiled;
}

}  // namespace corokit::moulinette
