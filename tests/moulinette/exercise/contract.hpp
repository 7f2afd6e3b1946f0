#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Something that does not hold in the contract of an exercise, and where one mends it.
struct Fault {
  std::string exercise;
  std::filesystem::path file;
  int line = 0;  // 0: the file as a whole
  std::string sentence;
};

/// Returns: the exercises of a tree, which are the folders of exercises/ with a spec.json; sorted.
std::vector<std::string> exercises_of(const std::filesystem::path& root);

/// Checks an exercise of a tree without building it: spec.json by itself, and whether the tree has what it names.
///
/// The specified tests and the parts of each, all files of the roster, the tests that wrong implementations name, lesson
/// and quiz in both languages, the prototype, the prerequisites and what headers include of them, the norm.
///
/// Returns: what does not hold, by file.
std::vector<Fault> check_contract(const std::filesystem::path& root, const std::string& exercise);

}  // namespace corokit::moulinette
