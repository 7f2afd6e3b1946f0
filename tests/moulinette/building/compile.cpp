#include "building/compile.hpp"

#include "building/symbols.hpp"
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
                        .environment = {"TMPDIR=" + compiled.executable.parent_path().string()}};
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

void take_copy(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code failed;
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, failed);
  if (failed) throw broken(fmt::format("Cannot copy {}: {}.", from.string(), failed.message()));
}

/// Replaces all occurrences of `from`.
void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
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

Compiled copy_submission(const std::filesystem::path& source, const std::filesystem::path& folder) {
  Compiled compiled{.original = source,
                    .copy = folder / "solution.cpp",
                    .dependencies = folder / "solution.d",
                    .object = folder / "solution.o",
                    .executable = folder / "solution",
                    .message = {}};
  take_copy(source, compiled.copy);
  return compiled;
}

Compiled copy_submission(const std::filesystem::path& source, const std::filesystem::path& folder,
                         const Spec& spec) {
  std::filesystem::create_directories(folder / spec.exercise);
  Compiled compiled{.original = source,
                    .copy = folder / spec.exercise / spec.file,
                    .dependencies = {},
                    .object = {},
                    .executable = folder / "solution.so",
                    .message = {}};
  take_copy(source, compiled.copy);
  return compiled;
}

std::string naming_original(std::string text, const Compiled& compiled) {
  replace_all(text, compiled.copy.string(), compiled.original.string());
  if (!compiled.object.empty()) replace_all(text, compiled.object.string(), compiled.original.string());
  return text;
}

bool compile(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits, bool colour,
             const Interrupt& interrupt) {
  std::vector<std::string> argv = manifest.compile;
  argv.insert(argv.end(),
              {fmt::format("-fmacro-prefix-map={}={}", compiled.copy.string(), compiled.original.string()),
               fmt::format("-fdiagnostics-color={}", colour ? "always" : "never"), "-MD", "-MF",
               compiled.dependencies.string(), "-c", compiled.copy.string(), "-o", compiled.object.string()});
  const bool succeeded = step(compiled, std::move(argv), limits, interrupt);
  compiled.message = naming_original(std::move(compiled.message), compiled);
  return succeeded;
}

bool link(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits,
          const Interrupt& interrupt) {
  // The symbols of the solution are weak and it is linked last, so it replaces no function of the tests, not even an
  // inline one.
  weaken_symbols(compiled.object);
  const std::string warnings = compiled.message;
  compiled.done = step(compiled, link_command(manifest, compiled), limits, interrupt);
  compiled.message = naming_original(std::move(compiled.message), compiled);
  if (compiled.done) compiled.message = warnings;
  return compiled.done;
}

std::filesystem::path object_of(const Compiled& compiled, const std::filesystem::path& test) {
  return compiled.executable.parent_path() / test.filename().replace_extension(".o");
}

bool compile_rung(Compiled& compiled, const std::filesystem::path& test, const Manifest& manifest,
                  const LimitsSpec& limits, bool colour, const Interrupt& interrupt) {
  std::vector<std::string> argv = manifest.compile;
  const std::string object = object_of(compiled, test).string();
  // The solution first: its folder goes before those of the given headers.
  argv.insert(argv.begin() + 1, {"-I", compiled.executable.parent_path().string()});
  argv.insert(argv.end(), {fmt::format("-fdiagnostics-color={}", colour ? "always" : "never"), "-c",
                           test.string(), "-o", object});
  const bool succeeded = step(compiled, std::move(argv), limits, interrupt);
  compiled.message = naming_original(std::move(compiled.message), compiled);
  return succeeded;
}

bool link_rung(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits,
               const Interrupt& interrupt) {
  std::vector<std::string> argv = manifest.link;
  for (const std::filesystem::path& test : manifest.tests) argv.push_back(object_of(compiled, test).string());
  argv.insert(argv.end(), {"-o", compiled.executable.string()});
  const std::string warnings = compiled.message;
  compiled.done = step(compiled, std::move(argv), limits, interrupt);
  compiled.message = compiled.done ? warnings : naming_original(std::move(compiled.message), compiled);
  return compiled.done;
}

}  // namespace corokit::moulinette
