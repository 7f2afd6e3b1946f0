#pragma once
#include "mutation/edit.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// A word or a symbol that is taken for another one.
struct Swap {
  enum class Where { binary, call, member_call, anywhere };
  std::string_view from, to;
  Where where = Where::anywhere;
};

/// One kind of mistake: words that are taken for others, and what else `edits` finds.
struct Operator {
  std::string_view name;
  std::string_view sentence;  // what is wrong after it
  std::vector<Swap> swaps = {};
  Edits (*edits)(const Syntax& syntax) = nullptr;
};

/// All kinds of mistakes.
std::span<const Operator> operators();

/// Returns: what the operator does to a source.
Edits edits_of(const Operator& kind, const Syntax& syntax);

}  // namespace corokit::moulinette
