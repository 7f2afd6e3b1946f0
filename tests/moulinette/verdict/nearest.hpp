#pragma once
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <optional>

namespace corokit::moulinette {

/// Compares what fails, how, and where, with the mutants of a rung.
///
/// Returns: the mutant that fits best; none if none fits: most of what fails must fail alike.
std::optional<Nearest> nearest_mutant(Session& session, const Graded& graded);

}  // namespace corokit::moulinette
