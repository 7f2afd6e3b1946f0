#pragma once
#include "output/language.hpp"
#include "verdict/verdict.hpp"

namespace corokit::moulinette {

/// Returns: what was graded, as a report in this language says it: what tests check, what the grader and the norm say.
///   What tests say of what they find stays as it is. `spec`: in that language.
Graded graded_in(Language language, Graded graded, const Spec& spec);

}  // namespace corokit::moulinette
