#pragma once
#include "exercise/manifest.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One specified test. An edge case is a test that is worth no points of its own.
struct TestSpec {
  std::string name;
  int points = 0;
  std::string what;  // the behaviour that it checks
  std::string hint;  // advice for a solution that fails it; of an edge case, its trap
  bool edge_case = false;
};

struct LimitsSpec {
  std::chrono::seconds wall{};
  std::chrono::seconds cpu{};
  std::chrono::seconds compile{};
  std::size_t memory_bytes = 0;
  std::size_t source_bytes = 0;
};

/// A symbol that an implementation must not call: a name or a pattern (* stands for any text), which is compared with
/// the symbol and with its demangled form.
struct ForbiddenSymbol {
  std::string symbol;
  std::string why;
};

/// The contract of an exercise: everything in spec.json except the roster.
struct Spec {
  std::string exercise;  // its name: that of its folder
  std::string title;
  std::string subject;
  std::string file;  // the file that a student fills in
  std::string first_step;
  int xp = 0;  // experience points, for a full score
  int pass = 0;
  std::uint64_t schedules = 0;
  std::vector<TestSpec> tests;  // the edge cases after the others
  LimitsSpec limits;
  std::vector<ForbiddenSymbol> forbidden;

  int max_score() const noexcept;
  /// Returns: the experience points for a score, in proportion to it; none below the pass mark.
  int earned_xp(int score) const noexcept;
  const TestSpec* find(std::string_view test) const noexcept;
};

/// Reads a spec and checks it against its schema. The roster is not read here: the build expands it, and records it in
/// the manifest.
///
/// Throws: Error that names file, key and value if the schema forbids something, if two tests have one name, if the
///   points do not add up to 100, or if a file of the exercise is missing.
Spec load_spec(const Exercise& exercise);
Spec parse_spec(const nlohmann::json& json, std::string exercise);

}  // namespace corokit::moulinette
