#pragma once
#include "ladder/standing.hpp"
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <filesystem>

namespace corokit::moulinette {

/// Whether a verdict counts for the student: all tests ran to their end, on a file that is none of the kit's own
/// implementations.
bool counts(const Graded& graded, const Session& session, const std::filesystem::path& source);

/// Adds a verdict that counts, reached at `now`, in seconds since 1970. The best one is kept.
void add(Standing& standing, const Graded& graded, const Spec& spec, std::int64_t now);

}  // namespace corokit::moulinette
