#pragma once
#include "class/attempts.hpp"
#include "class/class_result.hpp"
#include "class/deadline.hpp"
#include "class/roster.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What decides who is in the class, and what is late.
struct IntakeOptions {
  Wanted wanted;
  Roster roster;
  std::optional<Moment> deadline;
  std::string language = "en";  // where the roster says none
};

/// The students of a class with their attempts, before anything is graded.
struct Intake {
  std::vector<StudentResult> students;                   // in the order of their ids
  std::map<std::string, std::filesystem::path> sources;  // by the content of an attempt
  std::vector<std::string> problems;                     // sentences
  std::vector<std::string> lost;                         // ids of those of whom nothing could be unpacked
};

/// Takes in the hand-ins of a folder. Archives in it are unpacked into `work`.
Intake take_in(const std::filesystem::path& folder, const IntakeOptions& options,
               const std::filesystem::path& work);

/// Chooses the attempt that counts: the last one, or with `best` the one with the most points, the first of those. One that
/// cannot be graded counts only where there is no other.
void choose_attempt(StudentResult& student, bool best);

/// Notes whose files have the same content. Partners of one hand-in have one file, which is no copy.
void find_same(std::vector<StudentResult>& students);

}  // namespace corokit::moulinette
