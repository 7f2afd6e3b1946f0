#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// A moment, in UTC.
using Moment = std::chrono::sys_seconds;

/// A test of the exercise, as the pages and tables of a class need it.
struct ClassTest {
  std::string name;
  std::string what;  // the behaviour that it checks
  int points = 0;
  bool visible = true;  // whether a student sees its name and messages before the release
};

/// Whether a test with this word of Outcome was played: what was refused or did not compile was not.
inline bool is_played(std::string_view outcome) noexcept {
  return outcome != "refused" && outcome != "did_not_compile" && outcome != "interrupted";
}

/// How one test of a hand-in ended.
struct TestMark {
  int points = 0;
  std::string outcome;  // a word of Outcome, such as "passed"
  std::string part;     // the part that broke; empty if none did

  bool is_played() const noexcept { return moulinette::is_played(outcome); }
  bool has_failed() const noexcept { return is_played() && outcome != "passed"; }
};

/// One file that a student has handed in.
struct Attempt {
  std::string file;                 // relative to the folder of the hand-ins
  std::string content;              // a hash: files with the same content have the same one
  std::optional<Moment> handed_in;  // none if that is not known
  std::string
      time_from;  // where that is known from: "metadata", "git", "name", "roster", "file"; empty if it is not
  std::chrono::seconds late{0};  // after the deadline of this student; 0 if it is in time
  std::string verdict;  // a word of Verdict; "unusable": no C++ source that could be graded; or "not_graded"
  std::string problem;  // for the last two, a sentence
  int earned = 0;       // points
  int score = 0;        // points that the late rule leaves
  bool counts = false;  // one attempt of each student does
};

/// Another hand-in that resembles the one that counts beyond what the exercise explains.
struct Resemblance {
  std::string student;  // id
  int percent = 0;
  std::string page;  // relative to the folder of the results; empty if there is none
};

/// A student, and what became of the attempt that counts.
struct StudentResult {
  std::string id;         // is also the name of files
  std::string roster_id;  // as the roster writes it; empty if that has none
  std::string name;       // empty if nothing says it
  std::string email;      // of the roster
  std::string group;      // of the roster
  std::string language;   // "en" or "fr"
  bool in_roster = true;
  std::optional<Moment> deadline;    // with the extension of this student
  std::vector<Attempt> attempts;     // in the order of time; empty if nothing was handed in
  std::string verdict = "missing";   // that of the attempt that counts
  int earned = 0;                    // points before the late rule
  int score = 0;                     // points
  std::vector<TestMark> tests;       // in the order of the exercise's; empty if nothing was graded
  std::vector<std::string> norm;     // what the norm refuses: names
  int warnings = 0;                  // of the compiler
  std::string nearest;               // the mutant that behaves alike; empty if none is known
  std::vector<std::string> same_as;  // ids of those whose file has the same content
  std::vector<Resemblance> similar;
  std::vector<std::string> notes;  // sentences on the hand-in, such as which of two files was taken

  /// Returns: the attempt that counts; null if nothing was handed in.
  const Attempt* counting() const noexcept;
};

/// A class that was graded. What is long is not here but in files, one for each student, so that a class of any size fits
/// into memory: see graded_file() and source_file().
struct ClassResult {
  static constexpr int kVersion = 1;  // of class.json

  std::string exercise;
  std::string title;
  int pass = 0;
  int max_score = 0;
  std::vector<ClassTest> tests;
  std::optional<Moment> deadline;
  std::string late_rule;          // as it was given; empty: lateness costs nothing
  std::string counting = "last";  // which attempt counts: "last" or "best"
  bool released = false;          // whether students see hidden tests
  Moment graded_at{};
  std::uint64_t seed = 1;               // of all runs
  std::string sandbox;                  // the level under which hand-ins were compiled and played
  std::string grader;                   // the version of the kit
  std::string shard;                    // "2/8"; empty if this is the whole class
  std::vector<std::string> problems;    // sentences on what was skipped, and why
  std::vector<StudentResult> students;  // in the order of their ids
};

/// Where a class's results are, relative to their folder.
std::filesystem::path graded_file(const std::string& id);  // the whole of to_json(Graded), for the instructor
std::filesystem::path source_file(const std::string& id);  // a copy of the file that counts
std::filesystem::path feedback_file(const std::string& id);  // what the student may see of graded_file()
std::filesystem::path page_file(const std::string& id);      // the same as a page

/// Returns: a graded hand-in without the tests that are hidden, as the grader of a student has it, who was not given them:
///   how many points are withheld, and the score, the pass mark and the verdict of what is left.
nlohmann::ordered_json without_hidden(nlohmann::ordered_json graded, const std::vector<ClassTest>& tests);

/// Returns: "2026-05-01T21:59:00Z".
std::string text_of(Moment moment);
/// Throws: Error if it is no text of that form.
Moment moment_of(const std::string& text);

nlohmann::ordered_json to_json(const ClassResult& result);

/// Writes class.json into a folder.
///
/// Throws: Error if that fails.
void write_class(const std::filesystem::path& folder, const ClassResult& result);
/// Reads class.json from a folder, and checks it against class/class.schema.json.
///
/// Throws: Error if it cannot be read, or is of another version.
ClassResult read_class(const std::filesystem::path& folder);

}  // namespace corokit::moulinette
