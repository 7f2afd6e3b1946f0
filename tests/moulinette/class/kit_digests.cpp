#include "class/kit_digests.hpp"

#include "building/symbols.hpp"
#include "class/digest.hpp"
#include "exercise/schema.hpp"
#include "norm/syntax.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// A test, and the numbers that decide how it is played.
std::string entry_of(const TestSpec& test, const Session& session) {
  const auto of_part = [](const std::string& name, const Bounds& bounds) {
    return fmt::format("{} {} {} {} {}\n", name, bounds.preemptions, bounds.stale_loads,
                       bounds.spurious_wakes, bounds.schedules);
  };
  std::string text = of_part(test.name, test.bounds);
  for (const PartSpec& part : test.parts) text += of_part(part.name, part.bounds);
  const LimitsSpec& limits = session.spec.limits;
  return text + fmt::format("{} {} {} {} {} {} {}", session.spec.exercise, session.play.seed,
                            session.play.count, limits.wall.count(), limits.cpu.count(),
                            limits.schedule.count(), limits.memory_bytes);
}

/// The files that the linker's command names.
struct LinkedFiles {
  std::vector<fs::path> always;  // the harness and the runtime
  std::vector<fs::path> tests;
};

LinkedFiles linked_files(const Manifest& manifest) {
  LinkedFiles files;
  bool behind_solution = false;
  for (const std::string& argument : manifest.link) {
    const fs::path file = argument;
    behind_solution = behind_solution || argument == "{solution}";
    if (file.extension() == ".o" && behind_solution)
      files.tests.push_back(file);
    else if (file.extension() == ".o" || file.extension() == ".a")
      files.always.push_back(file);
  }
  return files;
}

/// Adds the objects that define what the chosen ones call.
void add_called(std::set<std::size_t>& chosen, const std::vector<fs::path>& objects) {
  std::vector<std::set<std::string>> defined(objects.size()), called(objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i)
    for (const Symbol& symbol : read_symbols(objects[i]))
      (symbol.is_defined ? defined : called)[i].insert(symbol.name);
  const auto meets = [](const std::set<std::string>& names, const std::set<std::string>& others) {
    return std::ranges::any_of(names, [&others](const std::string& name) { return others.contains(name); });
  };
  std::vector<std::size_t> to_do(chosen.begin(), chosen.end());
  while (!to_do.empty()) {
    const std::size_t from = to_do.back();
    to_do.pop_back();
    for (std::size_t to = 0; to < objects.size(); ++to)
      if (!chosen.contains(to) && meets(called[from], defined[to])) {
        chosen.insert(to);
        to_do.push_back(to);
      }
  }
}

/// Returns: the digest of all headers in a folder.
std::string digest_of_headers(const fs::path& folder) {
  std::vector<fs::path> headers;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (at->path().extension() == ".hpp") headers.push_back(at->path());
  std::ranges::sort(headers);
  Digest digest;
  for (const fs::path& header : headers) digest.add(header.string()).add(read_file(header));
  return digest.text();
}

std::string compilation(const Session& session, const fs::path& spec_file, const std::string& sandbox,
                        FileDigests& digests) {
  const Manifest& manifest = session.manifest;
  const Spec& spec = session.spec;
  Digest digest;
  digest.add(digests.of("/proc/self/exe")).add(sandbox).add(spec.exercise).add(spec.file);
  // What the exercise adds to the norm of the kit. Its points and hints are no part of a compilation.
  digest.add(read_json(spec_file).at("norm").dump()).add(digests.of(fs::path(COROKIT_SCHEMAS) / "norm.json"));
  digest.add(std::to_string(spec.limits.compile.count())).add(syntax_reader());
  if (!manifest.compile.empty()) digest.add(digests.of(manifest.compile.front()));
  for (const std::string& argument : manifest.compile) digest.add(argument);
  if (spec.is_rung) {
    // The tests are compiled with the solution, and so are the headers that they include.
    for (const fs::path& folder : include_folders(manifest)) digest.add(digests.of(folder));
    for (const fs::path& test : manifest.tests) digest.add(digests.of(test));
    for (const std::string& argument : manifest.link) digest.add(argument);
  }
  return digest.text();
}

}  // namespace

std::vector<fs::path> include_folders(const Manifest& manifest) {
  std::vector<fs::path> folders;
  for (const std::string& argument : manifest.compile)
    if (argument.starts_with("-I")) folders.emplace_back(argument.substr(2));
  return folders;
}

std::string FileDigests::of(const fs::path& file) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(file); found != known_.end()) return found->second;
  }
  std::string text = "none";
  struct stat status {};
  if (stat(file.c_str(), &status) == 0) {
    const std::string name = file.string();
    // A precompiled header is as large as all headers of the system together, and is made anew when one of its own changes.
    if (name.starts_with("/usr/") || file.extension() == ".gch")
      text = digest(
          fmt::format("{} {} {} {}", name, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec));
    else if (S_ISDIR(status.st_mode))
      text = digest_of_headers(file);
    else if (S_ISREG(status.st_mode))
      text = digest(read_file(file));
  }
  const std::lock_guard lock(mutex_);
  return known_.emplace(file, text).first->second;
}

std::vector<fs::path> objects_of(const TestSpec& test, const std::vector<fs::path>& objects) {
  std::vector<std::string> parts{test.name};
  for (const PartSpec& part : test.parts) parts.push_back(part.name);
  std::set<std::size_t> chosen;
  for (const std::string& part : parts) {
    // Whatever registers a part has its name as a text, with the zero at its end.
    const std::string text(part.c_str(), part.size() + 1);
    bool found = false;
    for (std::size_t i = 0; i < objects.size(); ++i) {
      if (read_file(objects[i]).find(text) == std::string::npos) continue;
      chosen.insert(i);
      found = true;
    }
    if (!found) return objects;
  }
  add_called(chosen, objects);
  std::vector<fs::path> result;
  for (const std::size_t i : chosen) result.push_back(objects[i]);
  return result;
}

KitDigests kit_digests(const Session& session, const std::filesystem::path& spec, const std::string& sandbox,
                       FileDigests& digests) {
  KitDigests result{.compilation = compilation(session, spec, sandbox, digests), .tests = {}};
  const LinkedFiles files = linked_files(session.manifest);
  for (const TestSpec& test : session.spec.tests) {
    Digest digest;
    digest.add(digests.of("/proc/self/exe")).add(sandbox).add(entry_of(test, session));
    for (const std::string& argument : session.manifest.link)
      if (fs::path(argument).extension() != ".o") digest.add(argument);
    if (!session.manifest.explorer.empty()) digest.add(digests.of(session.manifest.explorer));
    for (const fs::path& file : files.always) digest.add(digests.of(file));
    for (const fs::path& file : objects_of(test, files.tests)) digest.add(digests.of(file));
    result.tests.push_back(digest.text());
  }
  return result;
}

}  // namespace corokit::moulinette
