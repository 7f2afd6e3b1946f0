#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// An exercise, and how the file is called that is handed in.
struct KnownExercise {
  std::string name;
  std::string file;
};

/// Finds the exercises that were handed in, by what says it best: the manifest or the workflow of a repository that was made
/// of a bundle, where the files of other exercises are those on which this one stands; then the names of files, also in the
/// archives of students; then names that have one of them in it, as "leeann_12_34_toy.cpp", "toy-1.cpp", "toy (2).cpp".
///
/// Returns: their names, in the order of `known`; none if nothing says it.
std::vector<std::string> exercises_handed_in(const std::filesystem::path& folder,
                                             const std::vector<KnownExercise>& known);

}  // namespace corokit::moulinette
