#pragma once
#include "exercise/spec.hpp"
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <filesystem>
#include <string_view>

namespace corokit::moulinette {

/// Plays the tests of a solution that has all points once more, under the sanitizers that its spec.json asks for:
/// "check_memory" is AddressSanitizer with UndefinedBehaviorSanitizer, "check_security" is ThreadSanitizer. With "fail", a
/// finding takes the points of its test and the verdict; with "warn" it is shown. Fewer schedules are played than before:
/// what a sanitizer finds is seldom a matter of the schedule. Where nothing is built with a sanitizer, that is said.
void look_again(Graded& graded, Session& session, const std::filesystem::path& source);

}  // namespace corokit::moulinette
