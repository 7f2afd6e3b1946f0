#include "mutation/object_cache.hpp"

#include "error.hpp"
#include "process/process.hpp"
#include "running/hash.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <sstream>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMemory = std::size_t{4} << 30U;  // limits the compiler's memory
constexpr const char* kRefused = ".refused";
constexpr int kPatience = 10;  // how much longer it may take on a busy machine

/// Returns: the files that a rule of a makefile names behind the colon.
std::vector<fs::path> dependencies(const std::string& rule) {
  std::istringstream words(rule.substr(std::min(rule.find(": "), rule.size())));
  std::vector<fs::path> files;
  for (std::string word; words >> word;)
    if (word != ":" && word != "\\") files.emplace_back(word);
  return files;
}

std::uint64_t hash_all(const std::vector<std::string>& texts) {
  std::uint64_t hash = hash_of("");
  for (const std::string& text : texts) hash = hash_of(text + '\n', hash);
  return hash;
}

}  // namespace

ObjectCache::ObjectCache(const Manifest& manifest, fs::path folder, std::chrono::seconds limit,
                         const Interrupt& interrupt)
    : manifest_(manifest),
      folder_(std::move(folder)),
      limit_(limit),
      interrupt_(interrupt),
      compile_(manifest.compile) {
  // Warnings are of no use here. The names that a compiler invents must not differ from one mutant to the next.
  compile_.insert(compile_.end(), {"-w", "-frandom-seed=mutant"});
  for (const RosterEntry& entry : manifest.roster) {
    if (entry.role == Role::reference)
      compile_.push_back("-I" + (manifest.root / entry.file).parent_path().string());
  }
  fs::create_directories(folder_);
  link_fingerprint_ = hash_all(manifest.link);
  for (const std::string& argument : manifest.link)
    if (fs::path(argument).extension() == ".o" || fs::path(argument).extension() == ".a")
      link_fingerprint_ = hash_of(read_file(argument), link_fingerprint_);
}

RightProgram ObjectCache::inspect(const fs::path& source) const {
  Command command{.argv = compile_};
  command.argv.insert(command.argv.end(), {"-M", source.string()});
  const Finished finished = run_process(
      command, {.wall = kPatience * limit_, .cpu = limit_, .memory = kMemory, .output = 1U << 20U},
      interrupt_);
  if (!finished.succeeded())
    throw broken(fmt::format("{} does not compile:\n{}", source.string(), finished.output));
  RightProgram program{.source = source, .files = {source}, .fingerprint = hash_all(compile_)};
  for (const fs::path& file : dependencies(finished.output)) {
    program.fingerprint = hash_of(read_file(file), program.fingerprint);
    if (file.parent_path() == source.parent_path() && file != source) program.files.push_back(file);
  }
  return program;
}

Made ObjectCache::compile(const RightProgram& program, const fs::path& changed, const std::string& text,
                          const fs::path& work) const {
  const std::string key =
      fmt::format("{:016x}.o", hash_of(text, hash_of(changed.filename().string(), program.fingerprint)));
  if (Made before = kept(key); before.how != Made::How::interrupted) return before;
  for (const fs::path& file : program.files)
    write_file(work / file.filename(), file == changed ? text : read_file(file));
  std::vector<std::string> command = compile_;
  command.insert(command.end(), {"-c", program.source.filename().string(), "-o", "made"});
  return make(std::move(command), work, key);
}

Made ObjectCache::link(const Made& object, const fs::path& work) const {
  const std::string key =
      fmt::format("{:016x}.linked", hash_of(std::to_string(object.hash), link_fingerprint_));
  if (Made before = kept(key); before.how != Made::How::interrupted) return before;
  std::vector<std::string> command = manifest_.link;
  std::ranges::replace(command, "{solution}", object.file.string());
  command.insert(command.end(), {"-s", "-o", "made"});
  return make(std::move(command), work, key);
}

Made ObjectCache::kept(const std::string& key) const {
  const fs::path made = folder_ / key;
  if (fs::exists(made)) return {Made::How::done, {}, made, hash_of(read_file(made))};
  const fs::path refused = folder_ / (key + kRefused);
  if (fs::exists(refused)) return {Made::How::refused, read_file(refused), refused, 0};
  return {};
}

Made ObjectCache::make(std::vector<std::string> command, const fs::path& work, const std::string& key) const {
  const Finished finished =
      run_process({.argv = std::move(command), .directory = work, .environment = {"TMPDIR=" + work.string()}},
                  {.wall = kPatience * limit_, .cpu = limit_, .memory = kMemory}, interrupt_);
  if (finished.how == Finished::How::interrupted) return {};
  const std::string& message = finished.output;
  if (finished.succeeded()) {
    write_file(folder_ / key, read_file(work / "made"));
    fs::permissions(folder_ / key, fs::perms::owner_all);
  } else if (message.find("error: ") == std::string::npos ||
             message.find("No space left") != std::string::npos) {
    throw broken(fmt::format("A mutant cannot be built:\n{}", message));
  } else {
    write_file(folder_ / (key + kRefused), message);
  }
  return kept(key);
}

void ObjectCache::keep_only(const std::set<fs::path>& used) const {
  for (const auto& entry : fs::directory_iterator(folder_))
    if (!used.contains(entry.path())) fs::remove(entry.path());
}

}  // namespace corokit::moulinette
