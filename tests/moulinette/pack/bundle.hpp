#pragma once
#include "exercise/manifest.hpp"
#include "exercise/spec.hpp"
#include "pack/packed_tree.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// The folder of the tree in a bundle that has more beside it.
inline constexpr std::string_view kTreeFolder = "corokit/";

/// Who takes a bundle.
enum class Platform { gradescope, classroom, docker, students };
std::string_view word(Platform platform) noexcept;

/// An exercise that is packed.
struct PackedExercise {
  std::filesystem::path root;  // of the repository
  std::filesystem::path templates;
  std::string kit_version;
  std::uint64_t seed = 1;  // by which every hand-in is graded
  Spec spec;
  Manifest manifest;
};

/// Makes a bundle: the tree in which the exercise is graded, what the platform runs, and manifest.json.
///
///   gradescope  setup.sh, run_autograder, and the tree with all tests in corokit/
///   docker      the same, and a Containerfile
///   students    the tree without hidden tests, and a README
///   classroom   the same, and a workflow of GitHub Classroom with a step for each test
///
/// Throws: Error if a file cannot be read.
std::vector<PackedFile> make_bundle(const PackedExercise& exercise, Platform platform);

/// Returns: the workflow of GitHub Classroom, as YAML.
std::string classroom_workflow(const Spec& spec, std::uint64_t seed);

}  // namespace corokit::moulinette
