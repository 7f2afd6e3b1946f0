#pragma once
#include "class/file_grader.hpp"
#include "exercise/manifest.hpp"
#include "process/interrupt.hpp"
#include "running/jobs.hpp"

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

/// Returns: the names of the mutants that the build has made and of which it is not known how the tests end.
std::vector<std::string> mistakes_to_play(const Session& session, const FileGrader& grader);

/// Plays these, and says the name of each that has ended. Returns: all that the build has made; none if the interrupt came
///   first.
std::vector<KnownMistake> known_mistakes(Session& session, const FileGrader& grader, std::size_t at_once,
                                         const JobEnded& played);

/// Returns: the name of the mistake that fails most alike, in at least three of five ways; empty if none does.
std::string nearest(const std::set<std::string>& failures, const std::vector<KnownMistake>& mistakes);

}  // namespace corokit::moulinette
