#include "building/compile.hpp"

#include "error.hpp"

#include <fmt/format.h>

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
  // Not the student's fault; a compiler says it in the middle of much else.
  if (!finished.succeeded() && finished.output.find("No space left on device") != std::string::npos) {
    throw broken(
        "The disk is full, so nothing can be compiled.\nFree some space, or point TMPDIR elsewhere.");
  }
  return finished.succeeded();
}

/// The linker's command: as recorded, but with the solution at the end.
std::vector<std::string> link_command(const Manifest& manifest, const Compiled& compiled) {
  std::vector<std::string> argv = manifest.link;
  std::erase(argv, "{solution}");
  argv.insert(argv.begin() + 1, "-Wl,--start-group");  // it may need more of a library than the tests did
  argv.insert(argv.end(), {compiled.object.string(), "-Wl,--end-group", "-o", compiled.executable.string()});
  return argv;
}

}  // namespace

Compiled compile(const std::filesystem::path& source, const Manifest& manifest, const LimitsSpec& limits,
                 bool colour, const std::filesystem::path& folder, const Interrupt& interrupt) {
  Compiled compiled{
      .message = {}, .object = folder / "solution.o", .executable = folder / "solution", .symbols = {}};
  const std::string file = source.string();
  std::vector<std::string> argv = manifest.compile;
  argv.insert(argv.end(), {fmt::format("-fdiagnostics-color={}", colour ? "always" : "never"), "-c",
                           file.starts_with('-') ? "./" + file : file, "-o", compiled.object.string()});
  if (!step(compiled, std::move(argv), limits, interrupt)) return compiled;

  // The solution can replace no function of the tests, be it inline or not: its symbols are weak, and it comes last.
  compiled.symbols = weaken_symbols(compiled.object);
  const std::string warnings = compiled.message;
  compiled.done = step(compiled, link_command(manifest, compiled), limits, interrupt);
  if (compiled.done) compiled.message = warnings;
  return compiled;
}

}  // namespace corokit::moulinette
