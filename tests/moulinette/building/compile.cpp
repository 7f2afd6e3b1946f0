#include "building/compile.hpp"

#include "building/included.hpp"
#include "building/symbols.hpp"
#include "error.hpp"
#include "running/run_messages.hpp"
#include "sandbox/box.hpp"
#include "sandbox/places.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kWritten = std::size_t{512} << 20U;  // limits what the compiler writes
constexpr std::size_t kMemory = std::size_t{2} << 30U;     // limits the compiler's memory
// The limit counts processor time; on a busy machine the compiler may take this many times as long.
constexpr int kPatience = 10;

/// What a compiler or a linker does. It reads the files that its command names, and more.
struct Step {
  std::vector<std::string> argv;
  std::vector<fs::path> reads;
  std::vector<std::string> makes;  // in the folder of the executable
};

/// Returns: the files that a command names and does not write.
std::vector<fs::path> named_files(const std::vector<std::string>& argv) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (std::size_t i = 1; i < argv.size(); ++i)
    if (fs::is_regular_file(argv[i], failed) && argv[i - 1] != "-o" && argv[i - 1] != "-MF")
      files.emplace_back(argv[i]);
  return files;
}

/// Returns: what the compiler has used up, in a sentence; empty if it ended for another reason. Its own words name
/// programs that a student has never heard of, and ask for a report to its makers.
std::string used_up(const Finished& finished, const LimitsSpec& limits) {
  const auto says = [&](std::string_view text) { return finished.output.find(text) != std::string::npos; };
  if (finished.succeeded()) return "";
  if (finished.how == Finished::How::out_of_time || says("CPU time limit exceeded"))
    return run_message("error: The compiler did not finish within {} s of processor time.",
                       limits.compile.count());
  if (says("virtual memory exhausted") || says("out of memory allocating"))
    return run_message("error: The compiler needs more than {} GiB of memory.", kMemory >> 30U);
  if (says("File size limit exceeded"))
    return run_message("error: The compiler writes a file of more than {} MiB.", ProcessLimits().file >> 20U);
  if (says("No space left on device"))
    return run_message("error: The compiler writes more than {} MiB.", kWritten >> 20U);
  return "";
}

bool take(Compiled& compiled, Step step, const LimitsSpec& limits, const Interrupt& interrupt) {
  Box box{.needs = Needs::compiler,
          .readable = compiler_places(step.argv.front()),
          .folder = compiled.executable.parent_path(),
          .writable = kWritten,
          .processes = 64,
          .outputs = std::move(step.makes)};
  for (const auto& files : {named_files(step.argv), step.reads})
    box.readable.insert(box.readable.end(), files.begin(), files.end());
  // What a compiler that is killed leaves behind lies in the workspace.
  const Command command{.argv = std::move(step.argv),
                        .environment = {"TMPDIR=" + box.folder.string(), "PATH=/usr/bin:/bin"}};
  const Finished finished =
      run_in_box(command, box, {.wall = kPatience * limits.compile, .cpu = limits.compile, .memory = kMemory},
                 interrupt);
  compiled.message = finished.output;
  compiled.interrupted = finished.how == Finished::How::interrupted;
  if (finished.how == Finished::How::not_started)
    throw broken(fmt::format("{} cannot be started: {}.", command.argv.front(), finished.output));
  compiled.processor = std::max(compiled.processor, finished.processor);
  const std::string used = used_up(finished, limits);
  if (!used.empty()) compiled.message = fmt::format("{}\n{}", used, compiled.message);
  // A compiler reports it among many other messages. In a sandbox, no more than that is full.
  if (!finished.succeeded() && sandbox().level < SandboxLevel::isolated &&
      finished.output.find("No space left on device") != std::string::npos) {
    throw broken(
        "The disk is full, so nothing can be compiled.\nFree some space, or point TMPDIR elsewhere.");
  }
  return finished.succeeded();
}

void take_copy(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code failed;
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, failed);
  if (failed) throw broken(fmt::format("Cannot copy {}: {}.", from.string(), failed.message()));
  // The compiler may run as another user.
  fs::permissions(
      to, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read | fs::perms::owner_write,
      failed);
}

/// Replaces all occurrences of `from`.
void replace_all(std::string& text, const std::string& from, const std::string& to) {
  if (from.empty()) return;  // it would be everywhere
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
                    .message = {},
                    .sources = {}};
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
                    .message = {},
                    .sources = {}};
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
  compiled.sources = files_to_compile(manifest, {compiled.copy}, compiled.copy.parent_path());
  const bool succeeded = take(
      compiled,
      {std::move(argv), compiled.sources, {compiled.object.filename(), compiled.dependencies.filename()}},
      limits, interrupt);
  compiled.message = naming_original(std::move(compiled.message), compiled);
  return succeeded;
}

bool link(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits,
          const Interrupt& interrupt) {
  // The symbols of the solution are weak and it is linked last, so it replaces no function of the tests, not even an
  // inline one.
  weaken_symbols(compiled.object);
  const std::string warnings = compiled.message;
  compiled.done = take(compiled, {link_command(manifest, compiled), {}, {compiled.executable.filename()}},
                       limits, interrupt);
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
  std::vector<fs::path> sources =
      files_to_compile(manifest, {test, compiled.copy}, compiled.executable.parent_path());
  compiled.sources.insert(compiled.sources.end(), sources.begin(), sources.end());
  const bool succeeded =
      take(compiled, {std::move(argv), std::move(sources), {object_of(compiled, test).filename()}}, limits,
           interrupt);
  compiled.message = naming_original(std::move(compiled.message), compiled);
  return succeeded;
}

bool link_rung(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits,
               const Interrupt& interrupt) {
  std::vector<std::string> argv = manifest.link;
  for (const std::filesystem::path& test : manifest.tests) argv.push_back(object_of(compiled, test).string());
  argv.insert(argv.end(), {"-o", compiled.executable.string()});
  const std::string warnings = compiled.message;
  compiled.done = take(compiled, {std::move(argv), {}, {compiled.executable.filename()}}, limits, interrupt);
  compiled.message = compiled.done ? warnings : naming_original(std::move(compiled.message), compiled);
  return compiled.done;
}

}  // namespace corokit::moulinette
