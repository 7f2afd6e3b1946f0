#include "class/grade_class.hpp"
#include "class/intake.hpp"
#include "error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// Returns: what all shards of a class have in common, as a text; whose class it is.
std::string common(const ClassResult& shard) {
  const std::string deadline = shard.deadline ? text_of(*shard.deadline) : "";
  std::string tests;
  for (const ClassTest& test : shard.tests)
    tests += fmt::format("{} {} {}\n", test.name, test.points, test.visible);
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", shard.exercise, shard.seed, deadline,
                     shard.late_rule, shard.counting, shard.released, shard.grader, shard.sandbox, tests);
}

/// Returns: N of "I/N". Throws: Error if the folder has no shard.
std::size_t shards_of(const ClassResult& shard, const fs::path& folder) {
  const std::size_t slash = shard.shard.find('/');
  if (slash == std::string::npos)
    throw misuse(fmt::format("{} is no shard, but a whole class: --merge takes what --shard I/N has written.",
                             folder.string()));
  return std::stoul(shard.shard.substr(slash + 1));
}

void require_all(const std::set<std::string>& seen, std::size_t shards) {
  std::vector<std::string> missing;
  for (std::size_t i = 1; i <= shards; ++i)
    if (const std::string name = fmt::format("{}/{}", i, shards); !seen.contains(name))
      missing.push_back(name);
  if (!missing.empty())
    throw misuse(fmt::format("Shards are missing: {}.\nGrade each with --shard, then merge again.",
                             fmt::join(missing, ", ")));
}

/// Copies the files of all students.
void copy_all(const std::vector<fs::path>& folders, const fs::path& out) {
  for (const char* folder : {"graded", "sources", "students"}) {
    fs::remove_all(out / folder);
    fs::create_directories(out / folder);
  }
  for (const fs::path& from : folders)
    for (const StudentResult& student : read_class(from).students)
      for (const fs::path& file :
           {graded_file(student.id), source_file(student.id), feedback_file(student.id)})
        if (fs::exists(from / file)) fs::copy_file(from / file, out / file);
}

}  // namespace

ClassResult merge_shards(const std::vector<fs::path>& folders, const fs::path& out) {
  if (folders.empty())
    throw misuse("There are no shards to merge: grade them first, with --shard 1/N to --shard N/N.");
  ClassResult merged;
  std::set<std::string> seen;
  std::size_t shards = 0;
  for (const fs::path& folder : folders) {
    ClassResult shard = read_class(folder);
    const std::size_t of = shards_of(shard, folder);
    const bool is_first = seen.empty();
    if (!is_first && (common(shard) != common(merged) || of != shards))
      throw misuse(fmt::format(
          "{} was graded otherwise than {}: with other options or tests, by another version of the "
          "kit, or in another sandbox.\nGrade all shards alike.",
          folder.string(), folders.front().string()));
    if (!seen.insert(shard.shard).second)
      throw misuse(fmt::format("The shard {} is there twice: in {} as well.", shard.shard, folder.string()));
    if (is_first) {
      merged = std::move(shard);
      shards = of;
      continue;
    }
    merged.graded_at = std::max(merged.graded_at, shard.graded_at);
    std::ranges::move(shard.students, std::back_inserter(merged.students));
    for (std::string& problem : shard.problems)
      if (std::ranges::find(merged.problems, problem) == merged.problems.end())
        merged.problems.push_back(std::move(problem));
  }
  require_all(seen, shards);
  copy_all(folders, out);
  merged.shard.clear();
  std::ranges::sort(merged.students, {}, &StudentResult::id);
  find_same(merged.students);
  write_class(out, merged);
  return merged;
}

}  // namespace corokit::moulinette
