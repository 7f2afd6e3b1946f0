#pragma once
#include <string_view>

namespace corokit::moulinette {

/// How one test of one implementation ended.
enum class Outcome { passed, failed, crashed, hung, exited_early, did_not_compile, refused, interrupted };

/// Returns: the word for an outcome in reports, such as "exited_early".
std::string_view word(Outcome outcome) noexcept;
/// Returns: one sentence that explains the outcome to the author of the implementation.
std::string_view explanation(Outcome outcome) noexcept;

}  // namespace corokit::moulinette
