#pragma once
#include "mutation/mutated.hpp"
#include "verdict/session.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace corokit::moulinette {

struct MutateOptions {
  std::filesystem::path cache;  // what is compiled, and how its tests ended, is kept here
  std::string only;             // a number, or a part of the names of mutants; empty: all
  std::size_t every = 1;        // a sample: the first mutant, and each that comes this many later
  bool list = false;            // makes the mutants, and does not compile them
  bool again = false;           // plays also what was played before
};

/// Makes mutants of the reference, of the headers beside it that it includes, and of the alternatives; plays all tests
/// on those that compile and are not equal to the right program. What was played before, with the same tests and
/// schedules, is not played again: a run that was interrupted goes on, and one after a change plays what has changed.
///
/// A mutant that a test has left hanging is spared the others once two tests have killed it: it is known then that no
/// test kills it alone.
///
/// Throws: Error if a right program does not pass, or if `only` names no mutant.
Mutated mutate(Session& session, const MutateOptions& options);

}  // namespace corokit::moulinette
