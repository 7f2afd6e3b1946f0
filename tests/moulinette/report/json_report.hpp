#pragma once
#include "verdict/validate.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace corokit::moulinette {

/// The keys are exercise, implementation, verdict, score, max_score, passed, seed, compiler (all of its output), tests
/// and norm. Those of a test are name, points, max_points, outcome, part (the one that broke), message, schedules (how
/// many), schedule (the one that broke; 0 is the thread pool), timeline, replay (its token for `replay`, if it broke in
/// simulation), drawing (of that schedule, made short), rests_on (what was played for the verdict, in words), explored and output (without
/// the middle of a long one). explored is null but for right implementations of `validate`; there it is a list with part,
/// schedules, all_with_preemptions (null if not even all without one were played), exhausted (all with at most 2 of them)
/// and all (there are no others).
/// In a rung, finding is the kind of what broke, such as "data race", where are the lines that it names, and nearest is a
/// mutant that behaves alike, with name, wrong and plausible; null if none does.
/// Those of a finding of the norm are symbol (the name that is refused), why and line (0 if it is not known).
nlohmann::ordered_json to_json(const Graded& graded);

/// The keys are ok, implementations (a list of the objects above) and unmet (sentences on what is not as expected).
nlohmann::ordered_json to_json(const std::vector<Validated>& validated);

}  // namespace corokit::moulinette
