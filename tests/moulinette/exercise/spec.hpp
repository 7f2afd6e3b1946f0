#pragma once
#include "exercise/json_lines.hpp"
#include "exercise/manifest.hpp"
#include "exercise/norm_rules.hpp"
#include "output/language.hpp"

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
  bool visible = true;             // false: students see its message only once results are released

  /// Returns: whether this is the name of the test or of one of its parts.
  bool has(std::string_view name_of_either) const noexcept;
  /// Returns: the further part of this name, or null.
  const PartSpec* find_part(std::string_view part) const noexcept;
};

struct LimitsSpec {
  std::chrono::seconds wall{};
  std::chrono::seconds cpu{};            // of a whole test
  std::chrono::milliseconds schedule{};  // of processor time, of one part of a test under one schedule
  std::chrono::seconds compile{};
  std::size_t memory_bytes = 0;
  std::size_t source_bytes = 0;
};

/// What a finding of a sanitizer does to a solution that has all points.
enum class CheckPolicy { off, warn, fail };
std::string_view word(CheckPolicy policy) noexcept;

/// The contract of an exercise: everything in spec.json except the roster.
struct Spec {
  std::string exercise;  // its name: that of its folder
  Language language = Language::english;
  std::string title;
  std::string module;   // the part of the course
  std::string teaches;  // the key "concept": a few words
  std::string tier;     // "foundation", "core", "advanced" or "bonus"
  int difficulty = 0;   // from 1 to 5
  std::vector<std::string> tags;
  std::vector<std::string> prerequisites;  // names of exercises
  std::string subject;
  std::string file;                    // the file that a student fills in
  std::vector<std::string> prototype;  // the declarations that he implements there
  std::string first_step;
  int xp = 0;                   // experience points, for a full score
  double bonus_multiplier = 1;  // of them, for a full score without a hint
  int pass = 0;
  int minutes = 0;  // how long it takes
  bool is_rung =
      false;  // of the ladder: threads of plain std:: are explored, on every schedule within bounds
  std::uint64_t schedules = 0;  // of any other exercise: those that are drawn
  std::vector<TestSpec> tests;
  LimitsSpec limits;
  NormRules norm;
  CheckPolicy check_memory = CheckPolicy::off;    // under ASan and UBSan; in a rung the explorer looks
  CheckPolicy check_security = CheckPolicy::off;  // under TSan

  int max_score() const noexcept;
  /// Returns: the experience points for a score, in proportion to it, with the bonus for a full one without a hint; none
  ///   below the pass mark.
  int earned_xp(int score, bool took_hint) const noexcept;
  /// Returns: the most that can be earned.
  int max_xp() const noexcept { return earned_xp(max_score(), false); }
  /// Returns: the test of this name, or the one with a part of this name; null if there is none.
  const TestSpec* find(std::string_view test_or_part) const noexcept;
};

/// Returns: the name of a subject in French: lecon.fr.md for lesson.md, else NAME.fr.md for NAME.md.
std::string french_name(const std::string& subject);

/// Returns: what is wrong with a spec by itself: what the schema forbids; and if that is nothing, two parts of one name, a
///   part of no test, points that do not add up to 100, hints of white space, and keys that exclude each other.
std::vector<Complaint> spec_complaints(const nlohmann::json& json);

/// Reads a spec. The roster is not read here: the build expands it, and records it in the manifest.
///
/// `language`: that of its texts. They are in English where there is no spec.fr.json.
/// Throws: Error with file, line and sentence of each complaint, or if its subject is missing.
Spec load_spec(const Exercise& exercise, Language language = Language::english);
Spec parse_spec(const nlohmann::json& json, std::string exercise);

}  // namespace corokit::moulinette
