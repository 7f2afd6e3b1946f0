#pragma once
#include "verdict/verdict.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace corokit::moulinette {

struct Hint {
  std::string text;
  std::size_t number = 1;  // among those of the test
  std::size_t of = 1;
  bool is_new = false;  // whether it was not shown before
};

/// Returns: the first test that did not pass, in the order of the spec; null if there is none.
const TestResult* first_broken(const Graded& graded);

/// One hint for the first test that did not pass: number `asked`, or the one after the last that was shown, which is
/// remembered in the folder corokit of XDG_STATE_HOME. A test has few hints; after the last one comes the last one.
/// `spec`: in the language of the hint.
///
/// Returns: nothing if no test failed.
std::optional<Hint> take_hint(const Graded& graded, const Spec& spec, std::optional<std::size_t> asked);

}  // namespace corokit::moulinette
