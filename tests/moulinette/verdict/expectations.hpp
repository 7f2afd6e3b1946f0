#pragma once
#include "exercise/manifest.hpp"
#include "exercise/wrong_header.hpp"
#include "verdict/verdict.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette {

/// Compares how an implementation was graded with what the kit promises of it.
///
/// A right implementation passes every test and keeps to the norm. The stub compiles and scores 0. A wrong one is killed
/// by every test or part that its header names, in the way and in the mode that the header names; it breaks the norm only if it
/// expects to be refused. A slow one passes each test or hangs, and hangs at least once, with the limits of for_slow().
///
/// Returns: one sentence for each broken promise.
std::vector<std::string> unmet(Role role, const WrongHeader& header, const Graded& graded);

/// Returns: what killed an implementation, of the norm and the tests that its header names.
std::vector<std::string> killers(const WrongHeader& header, const Graded& graded);

}  // namespace corokit::moulinette
