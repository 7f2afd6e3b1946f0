#pragma once
#include "mutation/syntax.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A change of a source: the characters from `begin` to `end` are replaced.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string replacement;
};

/// What one kind of mistake does to a source, in the order of the source. Some edits do not compile: the compiler finds
/// out. What each is called, and what is wrong after it, is said in operators.cpp.
using Edits = std::vector<Edit>;

// Edits of statements.
Edits drop_statement(const Syntax& syntax);
Edits move_statement(const Syntax& syntax);
Edits success_only(const Syntax& syntax);
Edits release_early(const Syntax& syntax);
Edits default_result(const Syntax& syntax);
Edits throw_instead(const Syntax& syntax);

// Edits of conditions.
Edits negate_condition(const Syntax& syntax);
Edits skip_condition(const Syntax& syntax);
Edits drop_operand(const Syntax& syntax);
Edits drop_not(const Syntax& syntax);
Edits other_branch(const Syntax& syntax);

// Edits of expressions.
Edits no_waiting(const Syntax& syntax);
Edits off_by_one(const Syntax& syntax);
Edits other_end(const Syntax& syntax);
Edits copy_for_share(const Syntax& syntax);
Edits constant_for_parameter(const Syntax& syntax);
Edits swap_arguments(const Syntax& syntax);
Edits drop_bound(const Syntax& syntax);
Edits drop_bias(const Syntax& syntax);
Edits other_name(const Syntax& syntax);

/// Returns: the edit that replaces the tokens.
Edit replace(const Syntax& syntax, TokenRange range, std::string replacement);

}  // namespace corokit::moulinette
