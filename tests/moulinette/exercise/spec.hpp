#pragma once
#include "exercise/manifest.hpp"
#include "exercise/norm_rules.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Which schedules of a program of threads are played: all with at most so many of these.
struct Bounds {
  unsigned preemptions = 2;
  unsigned stale_loads = 1;
  unsigned spurious_wakes = 0;
  std::uint64_t schedules = 200'000;  // the most that are played
};

/// An edge case: a further part of a test, whose points are lost with it.
struct PartSpec {
  std::string name;
  std::string what;    // the behaviour that it checks
  std::string trap;    // the mistake that it finds
  Bounds bounds = {};  // in a rung
};

/// One specified test.
struct TestSpec {
  std::string name;  // of its first part as well
  int points = 0;
  std::string what;                // the behaviour that it checks
  std::vector<std::string> hints;  // advice for a solution that fails it, shown one at a time
  std::vector<PartSpec> parts;     // the further ones, by their names
  Bounds bounds = {};              // in a rung

  /// Returns: whether this is the name of the test or of one of its parts.
  bool has(std::string_view name_of_either) const noexcept;
  /// Returns: the further part of this name, or null.
  const PartSpec* find_part(std::string_view part) const noexcept;
};

struct LimitsSpec {
  std::chrono::seconds wall{};
  std::chrono::seconds cpu{};       // of a whole test
  std::chrono::seconds schedule{};  // of processor time, of one part of a test under one schedule
  std::chrono::seconds compile{};
  std::size_t memory_bytes = 0;
  std::size_t source_bytes = 0;
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
  int minutes = 0;  // how long it takes; 0: that is not said
  bool is_rung =
      false;  // of the ladder: threads of plain std:: are explored, on every schedule within bounds
  std::uint64_t schedules = 0;  // of any other exercise: those that are drawn
  std::vector<TestSpec> tests;
  LimitsSpec limits;
  NormRules norm;

  int max_score() const noexcept;
  /// Returns: the experience points for a score, in proportion to it; none below the pass mark.
  int earned_xp(int score) const noexcept;
  /// Returns: the test of this name, or the one with a part of this name; null if there is none.
  const TestSpec* find(std::string_view test_or_part) const noexcept;
};

/// Reads a spec and checks it against its schema. The roster is not read here: the build expands it, and records it in
/// the manifest.
///
/// Throws: Error that names file, key and value if the schema forbids something, if two parts have one name or
///   belong to no test, if the points do not add up to 100, or if its subject is missing.
Spec load_spec(const Exercise& exercise);
Spec parse_spec(const nlohmann::json& json, std::string exercise);

}  // namespace corokit::moulinette
