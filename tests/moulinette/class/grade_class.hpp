#pragma once
#include "class/archive.hpp"
#include "class/class_result.hpp"
#include "class/intake.hpp"
#include "exercise/manifest.hpp"
#include "output/output_options.hpp"
#include "process/interrupt.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What is graded of a class, and how.
struct ClassOptions {
  std::filesystem::path hand_ins;     // a folder
  std::vector<LeftOut> left_out;      // of the archive in which it was
  std::vector<std::string> problems;  // sentences on what that was
  std::map<std::string, std::string>
      other_files;              // of the kit's other exercises: names of files, and whose they are
  std::filesystem::path out;    // of the results; absolute
  std::filesystem::path cache;  // of what is known
  Roster roster;
  std::optional<Moment> deadline;
  std::string late;                   // as it was given; empty: lateness costs nothing
  bool best = false;                  // the best attempt counts instead of the last one
  bool release = false;               // students see hidden tests
  std::optional<std::uint64_t> seed;  // without one: that of the last run; the first time course_seed()
  std::size_t shard = 0;              // from 1; 0: the whole class
  std::size_t shards = 0;
  std::string sandbox;  // the level under which all runs
  std::string grader;   // the version of the kit
};

/// The file in the cache of a class that names its exercise.
inline constexpr const char* kExerciseFile = "exercise";

/// A class that was graded, and how it went.
struct GradedClass {
  ClassResult result;
  std::size_t graded = 0;  // files
  std::size_t known = 0;   // files of which everything was known
  std::size_t failed = 0;  // files that could not be graded
  std::size_t files = 0;
  std::vector<std::string>
      lost;                  // ids of students, and names in the archive, of which nothing could be unpacked
  bool interrupted = false;  // then nothing but the cache was written
};

/// Grades a class, and writes class.json and the files of each student into the folder of the results. What a run that was
/// interrupted has graded the next one knows.
///
/// Throws: Error if the hand-ins cannot be read, or the results cannot be written.
GradedClass grade_class(const Exercise& exercise, const ClassOptions& options, const OutputOptions& output,
                        Interrupt& interrupt);

/// Returns: the shard of a student, from 1: the same on every machine.
std::size_t shard_of(const std::string& id, std::size_t shards);

/// Writes the graded file of a student's attempt that counts: all of it for the instructor, and what the student may see:
/// nothing of hidden tests before the release, and not which mutant behaves alike.
void write_student(const std::filesystem::path& out, const ClassResult& result, const StudentResult& student,
                   const nlohmann::ordered_json& graded);

/// Makes one class of its shards, whose folders are given, in the folder of the results.
///
/// Throws: Error if shards are missing, or do not belong together.
ClassResult merge_shards(const std::vector<std::filesystem::path>& shards, const std::filesystem::path& out);

}  // namespace corokit::moulinette
