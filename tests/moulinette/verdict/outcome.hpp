#pragma once
#include <string_view>

namespace corokit::moulinette {

/// How one test of one implementation ended.
enum class Outcome { passed, failed, crashed, hung, exited_early, did_not_compile, interrupted };

/// The word in reports: "exited_early".
std::string_view word(Outcome outcome) noexcept;
/// One sentence that explains the outcome to whoever wrote the implementation.
std::string_view explanation(Outcome outcome) noexcept;

/// What a wrong implementation says will happen to it (`Expect:`).
enum class Expect { wrong, crash, hang, refused };

std::string_view word(Expect expect) noexcept;
/// Whether a test that ended like this has killed an implementation as it expected to be killed. One that is
/// refused for what it calls may end in any way but well.
bool kills(Outcome outcome, Expect expect) noexcept;

}  // namespace corokit::moulinette
