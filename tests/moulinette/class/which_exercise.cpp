#include "class/which_exercise.hpp"

#include "class/archive.hpp"
#include "class/attempts.hpp"
#include "class/hand_ins.hpp"
#include "error.hpp"
#include "whole_file.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Names = std::set<std::string>;

/// Returns: the exercise of which a repository was packed; empty if nothing says it.
std::string packed_exercise(const fs::path& repository) {
  const auto manifest =
      nlohmann::json::parse(read_if_possible(repository / "manifest.json").value_or(""), nullptr, false);
  if (manifest.is_object() && manifest.contains("kit_version") && manifest.contains("exercise") &&
      manifest["exercise"].is_object() && manifest["exercise"].contains("name") &&
      manifest["exercise"]["name"].is_string())
    return manifest["exercise"]["name"];
  static const std::regex command("moulinette grade ([a-z0-9_]{1,99}) --test");
  const std::string workflow = read_if_possible(repository / ".github/workflows/classroom.yml").value_or("");
  std::smatch found;
  return std::regex_search(workflow, found, command) ? found[1].str() : "";
}

Names packed_exercises(const fs::path& folder) {
  constexpr int kDeepest = 3;  // a folder around them, that of a student, that of a repository in it
  Names names{packed_exercise(folder)};
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed),
       end;
       !failed && at != end; at.increment(failed)) {
    if (is_junk(at->path()) || at.depth() >= kDeepest) at.disable_recursion_pending();
    if (fs::is_directory(at->symlink_status(failed))) names.insert(packed_exercise(at->path()));
  }
  return names;
}

/// Returns: the names of sources, also of those in archives.
Names names_of_sources(const fs::path& folder) {
  const std::vector<std::string> plain = source_names(folder);
  Names names(plain.begin(), plain.end());
  for (const std::string& file : files_in(folder)) {
    if (!is_archive(file)) continue;
    try {
      for (const std::string& inside : names_in(folder / file))
        if (is_source(inside)) names.insert(fs::path(inside).filename().string());
    } catch (const Error&) {
      continue;  // whoever has handed it in is told
    }
  }
  return names;
}

/// Whether a name has the stem of a file in it, as words of its own.
bool has_in_it(const std::string& name, const std::string& file) {
  const std::string text = fs::path(name).stem().string();
  const std::string stem = fs::path(file).stem().string();
  const auto is_word = [&text](std::size_t at) {
    return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
  };
  for (std::size_t at = 0; (at = text.find(stem, at)) != std::string::npos; ++at)
    if ((at == 0 || !is_word(at - 1)) && !is_word(at + stem.size())) return true;
  return false;
}

}  // namespace

std::vector<std::string> exercises_handed_in(const fs::path& folder,
                                             const std::vector<KnownExercise>& known) {
  const auto those = [&known](const auto& fits) {
    std::vector<std::string> names;
    for (const KnownExercise& exercise : known)
      if (fits(exercise)) names.push_back(exercise.name);
    return names;
  };
  const Names packed = packed_exercises(folder);
  auto found = those([&](const KnownExercise& exercise) { return packed.contains(exercise.name); });
  if (!found.empty()) return found;
  const Names sources = names_of_sources(folder);
  found = those([&](const KnownExercise& exercise) { return sources.contains(exercise.file); });
  if (!found.empty()) return found;
  // "async_toy-1.cpp" is no "toy": the longest name in it counts.
  Names files;
  for (const std::string& source : sources) {
    std::string longest;
    for (const KnownExercise& exercise : known)
      if (has_in_it(source, exercise.file) && exercise.file.size() > longest.size()) longest = exercise.file;
    files.insert(longest);
  }
  return those([&](const KnownExercise& exercise) { return files.contains(exercise.file); });
}

}  // namespace corokit::moulinette
