#include "building/compile.hpp"

#include "building/symbols.hpp"
#include "error.hpp"

#include <fmt/format.h>
#include <fstream>

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

/// Makes everything that the object defines give way to definitions of the same name elsewhere: together with
/// its place at the end of the link, a solution can replace no function of the tests, be it inline or not.
bool give_way(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits,
              const Interrupt& interrupt) {
  const Finished listed = list_symbols(compiled.object, manifest, interrupt);
  compiled.interrupted = listed.how == Finished::How::interrupted;
  compiled.message = listed.output;
  if (!listed.succeeded()) return false;
  const std::string names = compiled.object.string() + ".names";
  std::ofstream file(names);
  for (const Symbol& symbol : parse_symbols(listed.output))
    if (symbol.is_defined && !symbol.is_local) file << symbol.name << '\n';
  file.close();
  const std::filesystem::path objcopy = std::filesystem::path(manifest.readelf).replace_filename("objcopy");
  return step(compiled, {objcopy, "--weaken-symbols=" + names, compiled.object.string()}, limits, interrupt);
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
  Compiled compiled{.message = {}, .object = folder / "solution.o", .executable = folder / "solution"};
  const std::string file = source.string();
  std::vector<std::string> argv = manifest.compile;
  argv.insert(argv.end(), {fmt::format("-fdiagnostics-color={}", colour ? "always" : "never"), "-c",
                           file.starts_with('-') ? "./" + file : file, "-o", compiled.object.string()});
  if (!step(compiled, std::move(argv), limits, interrupt)) return compiled;

  const std::string warnings = compiled.message;
  compiled.done = give_way(compiled, manifest, limits, interrupt) &&
                  step(compiled, link_command(manifest, compiled), limits, interrupt);
  if (compiled.done) compiled.message = warnings;
  return compiled;
}

}  // namespace corokit::moulinette
