#pragma once
#include "class/file_grader.hpp"
#include "exercise/manifest.hpp"
#include "process/interrupt.hpp"

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A mutant of the exercise, and how the tests fail on it.
struct KnownMistake {
  std::string name;
  std::set<std::string> failures;
};

/// Returns: how a graded hand-in fails: the parts, how they end, and what they say, without numbers.
std::set<std::string> failures_of(const nlohmann::ordered_json& graded);

/// Returns: whether the build has made mutants of the exercise, if it has any.
bool knows_mistakes(const Manifest& manifest);

/// Plays the mutants that the build has made, unless that is known. Returns: none if the interrupt came first.
std::vector<KnownMistake> known_mistakes(Session& session, const FileGrader& grader, std::size_t at_once);

/// Returns: the name of the mistake that fails most alike, in at least three of five ways; empty if none does.
std::string nearest(const std::set<std::string>& failures, const std::vector<KnownMistake>& mistakes);

}  // namespace corokit::moulinette
