#pragma once
#include "exercise/spec.hpp"
#include "mutation/mutant.hpp"
#include "running/test_run.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// What became of a mutant.
enum class Fate { killed, survived, equivalent, refused, duplicate, not_played };
std::string_view word(Fate fate) noexcept;

/// One mutant and its tests.
struct MutantRow {
  std::size_t number = 0;  // among all mutants of the exercise, from 1
  Mutant mutant;
  Fate fate = Fate::not_played;
  std::string reason;  // why it is equivalent; which other mutant it equals; what the compiler says
  std::vector<std::optional<TestRun>> runs;  // in the order of the spec; none where the test was not played

  /// Returns: "matrix_orchestrator.cpp:52 skip_condition".
  std::string name() const;
  /// Whether the test with this number kills it.
  bool is_killed_by(std::size_t test) const;
};

/// How useful a part of a test is. A test ends with the first part that finds something, so a part that is never the
/// first to find something kills nothing that others do not.
struct PartUse {
  std::string part;
  std::size_t finds = 0;  // mutants that it is the first of its test to find
};

/// How useful a test is.
struct TestUse {
  std::string test;
  std::size_t kills = 0;
  std::size_t alone = 0;       // mutants that no other test kills
  std::vector<PartUse> parts;  // the first has the name of the test
};

/// The result of `mutate` for one exercise.
struct Mutated {
  std::string exercise;
  std::vector<MutantRow> rows;
  std::map<std::string, std::string> sources;  // the right texts of the files of the rows, by their names
  std::vector<TestUse> tests;         // in the order of the spec; empty where not all mutants were played
  std::vector<std::string> mistakes;  // of mutation.json, in sentences
  bool interrupted = false;

  std::size_t count(Fate fate) const;
  bool ok() const;
};

/// Returns: how useful each test is, if these are all mutants of an exercise.
std::vector<TestUse> uses_of(const std::vector<TestSpec>& tests, const std::vector<MutantRow>& rows);

}  // namespace corokit::moulinette
