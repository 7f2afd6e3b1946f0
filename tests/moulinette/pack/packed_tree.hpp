#pragma once
#include "exercise/spec.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A file of a bundle.
struct PackedFile {
  std::string path;  // from the top of the bundle
  std::string role;  // "kit", "exercise", "given", "test", "hidden test" or "platform"
  std::string content;
  bool executable = false;
};

/// What goes into the tree that is made of a repository.
struct TreeOptions {
  std::filesystem::path root;  // of the repository
  std::string exercise;
  bool hidden_tests = false;  // whether hidden tests go into it: where students cannot read it
};

/// Returns: a tree in which one exercise can be built and graded, sorted by path.
///
/// It has neither solutions nor mutants. Instead of the orchestrator, which is the solution of an exercise and which the
/// grader uses itself, it has one that blocks threads, which the norm refuses. A rung of the ladder brings the right
/// solutions of the earlier ones, on which it stands.
///
/// Throws: Error if a hidden test stands in a file with one that is not, or a file cannot be read.
std::vector<PackedFile> packed_tree(const TreeOptions& options);

/// Returns: spec.json for such a tree: without a roster, and without the hidden tests unless they are wanted. Their points
/// are withheld, and the pass mark is in proportion to what is left.
std::string packed_spec(const nlohmann::ordered_json& spec, bool hidden_tests);

/// Returns: spec.fr.json beside a packed spec.json: without what that leaves out.
std::string packed_translation(nlohmann::ordered_json french, const nlohmann::ordered_json& packed);

}  // namespace corokit::moulinette
