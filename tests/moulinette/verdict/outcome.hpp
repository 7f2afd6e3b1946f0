#pragma once
#include <string_view>

namespace corokit::moulinette {

/// How one test of one implementation ended.
enum class Outcome { passed, failed, crashed, hung, exited_early, did_not_compile, interrupted };

/// Returns: the word for an outcome in reports, such as "exited_early".
std::string_view word(Outcome outcome) noexcept;
/// Returns: one sentence that explains the outcome to the author of the implementation.
std::string_view explanation(Outcome outcome) noexcept;

/// How a wrong implementation is expected to end: the value of `Expect:` in its header.
enum class Expect { wrong, crash, hang, refused };

std::string_view word(Expect expect) noexcept;
/// Returns: whether a test with this outcome kills an implementation as its header expects. If the norm
/// refuses the implementation, it is killed by a failure, a crash, a hang or an early exit.
bool kills(Outcome outcome, Expect expect) noexcept;

}  // namespace corokit::moulinette
