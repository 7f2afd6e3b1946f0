#pragma once
#include "verdict/outcome.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One specified test. An edge case is a test that is worth no points of its own.
struct TestSpec {
  std::string name;
  int points = 0;
  std::string what;  // the behaviour, in words
  std::string hint;  // of an edge case: its trap
  bool edge_case = false;
};

struct LimitsSpec {
  std::chrono::seconds wall{};
  std::chrono::seconds cpu{};
  std::chrono::seconds compile{};
  std::size_t memory_bytes = 0;
  std::size_t source_bytes = 0;
};

/// A symbol that an implementation must not call: a name, or a pattern with * for any text, of the symbol or
/// of its demangled form.
struct ForbiddenSymbol {
  std::string symbol;
  std::string why;
};

enum class Kind { stub, reference, alternative, refused, mutant };
std::string_view word(Kind kind) noexcept;

/// One implementation of the roster, and what must become of it.
struct RosterEntry {
  Kind kind = Kind::reference;
  std::filesystem::path file;          // relative to the root of the repository
  std::vector<std::string> killed_by;  // of a wrong one
  Expect expect = Expect::wrong;       // of a wrong one

  bool wrong() const noexcept { return kind == Kind::refused || kind == Kind::mutant; }
};

/// The contract of an exercise, as spec.json has it.
struct Spec {
  std::string exercise;
  std::string title;
  std::string subject;
  std::string file;  // to fill in
  std::string first_step;
  int xp = 0;  // experience points, for a full score
  int pass = 0;
  std::uint64_t schedules = 0;
  std::vector<TestSpec> tests;  // the edge cases after the others
  LimitsSpec limits;
  std::vector<ForbiddenSymbol> forbidden;
  std::vector<RosterEntry> roster;

  int max_score() const noexcept;
  /// What a score earns: in proportion, from the pass mark on.
  int earned_xp(int score) const noexcept;
  const TestSpec* find(std::string_view test) const noexcept;
};

/// Reads and checks a spec: unknown keys, missing ones and contradictions throw Error, naming file and key.
Spec load_spec(const std::filesystem::path& file);
Spec parse_spec(const nlohmann::json& json);

}  // namespace corokit::moulinette
