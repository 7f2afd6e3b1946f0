#pragma once
#include "exercise/manifest.hpp"
#include "exercise/wrong_header.hpp"
#include "verdict/graded.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette {

/// What the kit promises of an implementation and `graded` does not keep, in sentences; empty where all
/// holds.
///
/// A right one passes every test and keeps to the norm. The stub compiles and scores 0. A wrong one is killed
/// by every test that claims it, in the way it expects and under what it names; only one that expects to be
/// refused breaks the norm.
std::vector<std::string> unmet(Role role, const WrongHeader& header, const Graded& graded);

/// The tests that claim this implementation and killed it, as far as they did.
std::vector<std::string> killers(const WrongHeader& header, const Graded& graded);

}  // namespace corokit::moulinette
