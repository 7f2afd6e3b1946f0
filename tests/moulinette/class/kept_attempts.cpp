#include "class/kept_attempts.hpp"

#include "class/digest.hpp"
#include "error.hpp"
#include "whole_file.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

fs::path kept_source(const ResultCache& cache, const std::string& content) {
  return cache.file(Digest().add("source").add(content).text());
}

/// Returns: the students of the run before; none if there was none, or it was one of another version.
std::vector<StudentResult> students_before(const fs::path& results) {
  if (!fs::exists(results / "class.json")) return {};
  try {
    return read_class(results).students;
  } catch (const Error&) {
    return {};
  }
}

/// Adds an earlier attempt before the one whose file is called `follower`. The latest of that name is in the hand-in.
void insert(Attempt attempt, const std::string& follower, StudentResult& student) {
  attempt.counts = false;
  attempt.late = {};
  if (student.deadline && attempt.handed_in)
    attempt.late = std::max(std::chrono::seconds(0), *attempt.handed_in - *student.deadline);
  const auto after =
      std::ranges::find(student.attempts.rbegin(), student.attempts.rend(), follower, &Attempt::file);
  student.attempts.insert(after.base() - 1, std::move(attempt));
}

void add_earlier(const StudentResult& before, StudentResult& student, Intake& intake,
                 const ResultCache& cache) {
  const std::vector<Attempt> now = student.attempts;
  for (const Attempt& attempt : before.attempts) {
    const auto has = [&now, &attempt](auto member) {
      return std::ranges::find(now, attempt.*member, member) != now.end();
    };
    const fs::path source = kept_source(cache, attempt.content);
    if (has(&Attempt::content) || digest(read_if_possible(source).value_or("")) != attempt.content) continue;
    intake.sources.emplace(attempt.content, source);
    insert(attempt, has(&Attempt::file) ? attempt.file : now.front().file, student);
  }
}

}  // namespace

void keep_attempts(Intake& intake, const fs::path& results, const ResultCache& cache) {
  for (const auto& [content, source] : intake.sources) {
    const std::string text = read_file(source);
    const fs::path kept = kept_source(cache, content);
    if (read_if_possible(kept) == text) continue;
    fs::create_directories(kept.parent_path());
    write_file(kept, text);
  }
  for (const StudentResult& before : students_before(results)) {
    const auto student = std::ranges::find(intake.students, before.id, &StudentResult::id);
    if (student != intake.students.end() && !student->attempts.empty())
      add_earlier(before, *student, intake, cache);
  }
}

}  // namespace corokit::moulinette
