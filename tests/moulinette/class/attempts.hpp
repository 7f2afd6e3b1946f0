#pragma once
#include "class/class_result.hpp"
#include "class/hand_ins.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// The file of an exercise that is looked for.
struct Wanted {
  std::string exercise;
  std::string file;       // its name
  std::size_t bytes = 0;  // the most that it may have
  bool is_header = false;
  std::map<std::string, std::string> others = {};  // names of files of other exercises, and of these
};

/// A file that counts as an attempt, or cannot.
struct FoundAttempt {
  Attempt attempt;             // file, content, time and problem are set
  std::filesystem::path path;  // empty for a problem
};

/// What was found of one student's hand-in.
struct FoundAttempts {
  std::vector<FoundAttempt> all;      // in the order of time
  std::vector<std::string> notes;     // sentences
  std::vector<std::string> left_out;  // what was not unpacked: names in archives
};

/// Finds the attempts in what a student has handed in. An archive is unpacked into `unpacked`, and so is one inside of a
/// folder. Best is a file in its place in the exercise's tree, then one of the exercise's name, then one whose name says
/// which attempt it is, as "toy (2).cpp"; else the only source that there is.
FoundAttempts find_attempts(const HandIn& hand_in, const Wanted& wanted,
                            const std::filesystem::path& unpacked);

/// Returns: the names of C++ sources that are in a folder, at any depth. Those of exercises say which one was handed in.
std::vector<std::string> source_names(const std::filesystem::path& folder);

}  // namespace corokit::moulinette
