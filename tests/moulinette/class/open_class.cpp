#include "class/open_class.hpp"

#include "class/gradescope.hpp"
#include "class/hand_in_notes.hpp"
#include "class/hand_ins.hpp"
#include "error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr int kDeepest = 4;

/// Returns: the paths of files, without junk.
std::vector<fs::path> files_among(const std::vector<std::string>& names) {
  std::vector<fs::path> files;
  for (const std::string& name : names) {
    const fs::path path = fs::path(name).lexically_normal();
    if (path.has_filename() && std::ranges::none_of(path, [](const fs::path& part) { return is_junk(part); }))
      files.push_back(path);
  }
  return files;
}

/// Removes the folder that all paths have in common, if it is no student's.
bool unwrap(std::vector<fs::path>& files) {
  if (files.empty()) return false;
  const fs::path first = *files.front().begin();
  const auto is_inside = [&first](const fs::path& file) {
    return file.has_parent_path() && *file.begin() == first;
  };
  if (is_of_platform(first.string()) || !std::ranges::all_of(files, is_inside)) return false;
  for (fs::path& file : files) file = file.lexically_relative(first);
  return true;
}

/// Returns: the archive that is alone in a folder, or in folders that hold nothing else; empty if there is none.
fs::path only_archive(fs::path folder) {
  for (int depth = 0; depth <= kDeepest; ++depth) {
    std::vector<fs::path> inside;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
      if (!is_junk(at->path())) inside.push_back(at->path());
    if (inside.size() != 1 || is_of_platform(inside[0].filename().string())) return {};
    const fs::file_status status = fs::symlink_status(inside[0]);
    if (fs::is_regular_file(status)) return is_archive(inside[0]) ? inside[0] : fs::path();
    if (!fs::is_directory(status)) return {};
    folder = inside[0];
  }
  return {};
}

bool is_class(const fs::path& archive) {
  try {
    return holds_class(names_in(archive));
  } catch (const Error&) {
    return false;  // whoever has handed it in is told
  }
}

}  // namespace

bool holds_class(const std::vector<std::string>& names) {
  std::vector<fs::path> files = files_among(names);
  for (int depth = 0; depth < kDeepest && unwrap(files);) ++depth;
  std::set<std::string> archives;
  std::map<std::string, std::set<std::string>> folders;  // by the name of a source
  for (const fs::path& file : files) {
    const std::string top = file.begin()->string();
    if (is_of_platform(top) || top == kGradescopeMetadata) return true;
    if (attempt_of(top)) continue;
    if (is_archive(file)) archives.insert(top);
    if (is_source(file) && file.has_parent_path()) folders[file.filename().string()].insert(top);
  }
  return archives.size() > 1 ||
         std::ranges::any_of(folders, [](const auto& source) { return source.second.size() > 1; });
}

OpenedClass open_class(const fs::path& hand_ins, const fs::path& work) {
  const bool is_packed = !fs::is_directory(hand_ins);
  OpenedClass opened{.folder = hand_ins, .left_out = {}, .problems = {}};
  fs::path archive = is_packed ? hand_ins : only_archive(hand_ins);
  for (int depth = 0; depth <= kDeepest && !archive.empty(); ++depth) {
    const bool is_given = is_packed && depth == 0;
    if (!is_given && !is_class(archive)) break;
    opened.folder = work / std::to_string(depth);
    std::ranges::move(unpack(archive, opened.folder), std::back_inserter(opened.left_out));
    if (files_in(opened.folder).empty() && opened.left_out.empty())
      throw misuse(fmt::format("{} is empty: there is no file in it.", archive.filename().string()));
    if (!is_given)
      opened.problems.push_back(
          note("{} was taken for the archive of the whole class.", archive.filename().string()));
    archive = only_archive(opened.folder);
  }
  return opened;
}

}  // namespace corokit::moulinette
