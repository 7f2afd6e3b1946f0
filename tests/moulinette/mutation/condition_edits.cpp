#include "mutation/edit.hpp"
#include "mutation/words.hpp"

#include <fmt/format.h>

namespace corokit::moulinette {
namespace {

/// The parentheses of an `if` or a `while`, and the token `=` where a variable is declared in them.
struct Condition {
  std::size_t open = 0;
  std::size_t close = 0;
  std::size_t assigned = 0;  // 0 where nothing is declared
  bool can_declare = false;  // more than one thing: of an `if`
};

std::vector<Condition> conditions(const Syntax& syntax) {
  std::vector<Condition> found;
  for (std::size_t i = 0; i + 1 < syntax.size(); ++i) {
    if (!one_of(syntax.text(i), {"if", "while"}) || !syntax.is(i + 1, "(")) continue;
    Condition condition{.open = i + 1, .close = syntax.partner(i + 1), .can_declare = syntax.is(i, "if")};
    bool has_statement = false;
    for (std::size_t j = i + 2; j < condition.close; ++j) {
      if (one_of(syntax.text(j), {"(", "[", "{"})) j = syntax.partner(j);
      if (syntax.is(j, "=")) condition.assigned = j;
      if (syntax.is(j, ";")) has_statement = true;
    }
    if (!has_statement && (!condition.assigned || condition.can_declare)) found.push_back(condition);
  }
  return found;
}

Edits wrap_conditions(const Syntax& syntax, std::string_view prefix) {
  Edits edits;
  for (const Condition& condition : conditions(syntax)) {
    const TokenRange inner{condition.open + 1, condition.close - 1};
    if (condition.assigned) {
      const std::size_t at = syntax.token(condition.close).begin;
      edits.push_back({at, at, fmt::format("; {}({})", prefix, syntax.text(condition.assigned - 1))});
    } else {
      edits.push_back(replace(syntax, inner, fmt::format("{}({})", prefix, syntax.text(inner))));
    }
  }
  return edits;
}

bool ends_operand(const Syntax& syntax, std::size_t i, bool is_and) {
  return one_of(syntax.text(i), {";", ",", "=", "?", ":", "{", "return", "co_return", "co_await", "||"}) ||
         (is_and && syntax.is(i, "&&") && syntax.is_binary(i));
}

/// Returns: the first token of the operand on the left of `&&` or `||`.
std::size_t left_end(const Syntax& syntax, std::size_t op) {
  std::size_t i = op;
  while (i > 0 && i - 1 != syntax.enclosing(op) && !ends_operand(syntax, i - 1, syntax.is(op, "&&")))
    i = one_of(syntax.text(i - 1), {")", "]", "}"}) ? syntax.partner(i - 1) : i - 1;
  return i;
}

/// Returns: the last token of the operand on the right of `&&` or `||`.
std::size_t right_end(const Syntax& syntax, std::size_t op) {
  std::size_t i = op;
  while (i + 1 < syntax.size() && !one_of(syntax.text(i + 1), {")", "]", "}"}) &&
         !ends_operand(syntax, i + 1, syntax.is(op, "&&")))
    i = one_of(syntax.text(i + 1), {"(", "[", "{"}) ? syntax.partner(i + 1) : i + 1;
  return i;
}

}  // namespace

Edits negate_condition(const Syntax& syntax) {
  return wrap_conditions(syntax, "!");
}

Edits skip_condition(const Syntax& syntax) {
  return wrap_conditions(syntax, "false && ");
}

Edits drop_operand(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 1; i < syntax.size(); ++i) {
    if (!one_of(syntax.text(i), {"&&", "||"}) || !syntax.is_binary(i)) continue;
    const std::size_t first = left_end(syntax, i);
    const std::size_t last = right_end(syntax, i);
    edits.push_back(replace(syntax, {first, last}, std::string(syntax.text({i + 1, last}))));
    edits.push_back(replace(syntax, {first, last}, std::string(syntax.text({first, i - 1}))));
  }
  return edits;
}

Edits drop_not(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 0; i < syntax.size(); ++i)
    if (syntax.is(i, "!")) edits.push_back(replace(syntax, {i, i}, ""));
  return edits;
}

Edits other_branch(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 0; i < syntax.size(); ++i) {
    if (!syntax.is(i, "?")) continue;
    const auto next = [&syntax](std::size_t j) {
      return one_of(syntax.text(j), {"(", "[", "{"}) ? syntax.partner(j) + 1 : j + 1;
    };
    std::size_t colon = i;
    while (!syntax.is(colon, ":")) colon = next(colon);
    std::size_t end = colon;
    while (!one_of(syntax.text(end), {";", ",", ")", "]", "}"})) end = next(end);
    edits.push_back(
        replace(syntax, {i + 1, end - 1},
                fmt::format("{} : {}", syntax.text({colon + 1, end - 1}), syntax.text({i + 1, colon - 1}))));
  }
  return edits;
}

}  // namespace corokit::moulinette
