#include "building/compile.hpp"

#include "error.hpp"

#include <fmt/format.h>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kMemory = std::size_t{4} << 30U;  // limits the compiler's memory
// The limit counts processor time; on a busy machine the compiler may take this many times as long.
constexpr int kPatience = 10;

bool step(Compiled& compiled, std::vector<std::string> argv, const LimitsSpec& limits,
          const Interrupt& interrupt) {
  // What a compiler that is killed leaves behind lies in the workspace.
  const Command command{.argv = std::move(argv),
                        .environment = {"TMPDIR=" + compiled.object.parent_path().string()}};
  const Finished finished = run_process(
      command, {.wall = kPatience * limits.compile, .cpu = limits.compile, .memory = kMemory}, interrupt);
  compiled.message = finished.output;
  compiled.interrupted = finished.how == Finished::How::interrupted;
  if (finished.how == Finished::How::out_of_time) {
    compiled.message +=
        fmt::format("The compiler did not finish within {} s of processor time.\n", limits.compile.count());
  }
  // This is not the student's fault. A compiler reports it among many other messages.
  if (!finished.succeeded() && finished.output.find("No space left on device") != std::string::npos) {
    throw broken(
        "The disk is full, so nothing can be compiled.\nFree some space, or point TMPDIR elsewhere.");
  }
  return finished.succeeded();
}

/// Replaces all occurrences of `from`.
void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// Copies the submission to a name that no tool misunderstands: "@x.cpp" and "-x.cpp" mean something else to a compiler.
std::filesystem::path copy_of(const std::filesystem::path& source, const std::filesystem::path& folder) {
  std::filesystem::path copy = folder / "solution.cpp";
  std::error_code failed;
  std::filesystem::copy_file(source, copy, std::filesystem::copy_options::overwrite_existing, failed);
  if (failed) throw broken(fmt::format("Cannot copy {}: {}.", source.string(), failed.message()));
  return copy;
}

/// Returns: the recorded linker command, with the solution at its end.
std::vector<std::string> link_command(const Manifest& manifest, const Compiled& compiled) {
  std::vector<std::string> argv = manifest.link;
  std::erase(argv, "{solution}");
  argv.insert(argv.begin() + 1,
              "-Wl,--start-group");  // the solution may need more of a library than the tests do
  argv.insert(argv.end(), {compiled.object.string(), "-Wl,--end-group", "-o", compiled.executable.string()});
  return argv;
}

}  // namespace

Compiled compile(const std::filesystem::path& source, const Manifest& manifest, const LimitsSpec& limits,
                 bool colour, const std::filesystem::path& folder, const Interrupt& interrupt) {
  Compiled compiled{
      .message = {}, .object = folder / "solution.o", .executable = folder / "solution", .symbols = {}};
  const std::string copy = copy_of(source, folder).string();
  const std::string shown = source.string();
  const auto show_names = [&] {
    replace_all(compiled.message, copy, shown);
    replace_all(compiled.message, compiled.object.string(), shown);
  };
  std::vector<std::string> argv = manifest.compile;
  argv.insert(argv.end(), {fmt::format("-fmacro-prefix-map={}={}", copy, shown),
                           fmt::format("-fdiagnostics-color={}", colour ? "always" : "never"), "-c", copy,
                           "-o", compiled.object.string()});
  const bool is_object = step(compiled, std::move(argv), limits, interrupt);
  show_names();
  if (!is_object) return compiled;

  // The symbols of the solution are weak and it is linked last, so it replaces no function of the tests, not even an
  // inline one.
  compiled.symbols = weaken_symbols(compiled.object);
  const std::string warnings = compiled.message;
  compiled.done = step(compiled, link_command(manifest, compiled), limits, interrupt);
  show_names();
  if (compiled.done) compiled.message = warnings;
  return compiled;
}

}  // namespace corokit::moulinette
