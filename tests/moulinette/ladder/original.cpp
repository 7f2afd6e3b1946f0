#include "ladder/original.hpp"

#include "error.hpp"
#include "process/process.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <chrono>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20U;
constexpr auto kUnpacking = std::chrono::seconds(60);  // how long it may take to unpack the files

fs::path kept_of(const Exercise& exercise, const Spec& spec) {
  return exercise.manifest.parent_path() / ("original_" + spec.file);
}

std::optional<std::string> text_of(const fs::path& file) {
  std::error_code failed;
  return fs::is_regular_file(file, failed) ? read_if_possible(file) : std::nullopt;
}

/// Returns: what git prints; nothing if it fails, and whoever cares for its reasons can ask it.
std::optional<std::string> git(const fs::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {"/bin/sh", "-c", "exec git \"$@\" 2>/dev/null", "git", "-C", folder.string()});
  const Finished finished = run_process({.argv = std::move(arguments)}, {.output = kLargest});
  if (!finished.succeeded() || finished.shortened) return {};
  return finished.output;
}

std::optional<std::string> committed(const Exercise& exercise, const Spec& spec) {
  const fs::path folder = exercise.spec.parent_path();
  const std::string wrong = load_manifest(exercise.manifest).wrong.string();
  auto commit = git(folder, {"log", "-1", "--format=%H", "--", "*.json", "*.md", "given.hpp", wrong});
  if (!commit || commit->empty()) return {};
  return git(folder, {"show", commit->substr(0, commit->find('\n')) + ":./" + spec.file});
}

/// Returns: the name of the copy, which is new.
fs::path copy_beside(const fs::path& file) {
  for (int number = 1;; ++number) {
    fs::path copy = fmt::format("{}.{}", file.string(), number);
    std::error_code failed;
    if (fs::copy_file(file, copy, fs::copy_options::skip_existing, failed)) return copy;
    if (failed) throw broken(fmt::format("Cannot write {}: {}.", copy.string(), failed.message()));
  }
}

}  // namespace

void keep_original(const Exercise& exercise, const Spec& spec) {
  const fs::path file = exercise.spec.parent_path() / spec.file;
  std::error_code failed;
  if (fs::exists(kept_of(exercise, spec), failed)) return;
  const auto changed = fs::last_write_time(file, failed);
  if (failed || changed > fs::last_write_time(exercise.spec, failed) + kUnpacking) return;
  fs::copy_file(file, kept_of(exercise, spec), failed);
}

std::optional<std::string> original_of(const Exercise& exercise, const Spec& spec) {
  auto original = committed(exercise, spec);
  return original ? original : text_of(kept_of(exercise, spec));
}

Reset reset(const fs::path& file, const std::string& original) {
  const auto before = text_of(file);
  if (before == original) return {file, {}};
  Reset done{file, before ? copy_beside(file) : fs::path()};
  write_file(file, original);
  return done;
}

}  // namespace corokit::moulinette
