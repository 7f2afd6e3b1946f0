#pragma once
#include "class/class_result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What one student has handed in: a folder, a file or an archive.
struct HandIn {
  std::string id;                   // by the name of the folder
  std::string name;                 // empty if nothing says it
  std::vector<std::string> labels;  // what may name the student in a roster, the best first
  std::filesystem::path place;
  std::string shown;                // the place, relative to the folder of the hand-ins
  std::optional<Moment> handed_in;  // where the platform says it
  bool by_platform = false;         // the labels are what a platform wrote, and no names that somebody chose
};

/// The hand-ins of a folder.
struct HandIns {
  std::vector<HandIn> all;
  std::vector<HandIn> online_texts;   // what was typed into a form of Moodle: nothing of it is graded
  std::vector<std::string> problems;  // sentences on what was skipped, and why
};

/// Tells the hand-ins in a folder apart, by the names that platforms give them:
///
///     ann/toy.cpp, ann.cpp, ann.zip                       a folder, a file, an archive for each student
///     Ann Lee_12345_assignsubmission_file_/toy.cpp        Moodle
///     submission_123/toy.cpp, submission_metadata.yml     Gradescope
///     leeann_123_456_toy.cpp                              Canvas
///     hw1-ann/exercises/toy/toy.cpp                       GitHub Classroom
///     room_101/seat_07/attempt_2/toy.cpp                  an exam
///
/// One folder around all of it does no harm. `file` is the name of the exercise's file.
///
/// Throws: Error if the folder cannot be read.
HandIns find_hand_ins(const std::filesystem::path& folder, const std::string& file);

/// Whether a file or folder is one that systems leave behind: .DS_Store, __MACOSX, Thumbs.db, ._toy.cpp, .git.
bool is_junk(const std::filesystem::path& path);

/// Whether a name is that of a student's folder or file in Moodle or Canvas.
bool is_of_platform(const std::string& name);

/// Whether the name ends as that of a C++ source or header.
bool is_source(const std::filesystem::path& path);

/// What the name of a folder says of one attempt of several: "attempt_2", "v3", "2026-05-01T10-00".
struct AttemptName {
  long long number = 0;  // that moment in seconds, if it is one
  bool is_moment = false;
};

/// Returns: what such a name says; nothing of any other name.
std::optional<AttemptName> attempt_of(const std::string& name);

/// Returns: the files in a folder, at any depth, relative to it and sorted; without junk.
std::vector<std::string> files_in(const std::filesystem::path& folder);

/// Returns: a text that can be the name of a file everywhere.
std::string file_name_of(const std::string& id);

}  // namespace corokit::moulinette
