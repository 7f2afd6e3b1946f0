#include "mutation/edit.hpp"
#include "mutation/words.hpp"

#include <fmt/format.h>
#include <optional>

namespace corokit::moulinette {
namespace {

bool is_jump(const Syntax& syntax, const TokenRange& statement) {
  return one_of(syntax.text(statement.first), {"return", "co_return", "throw", "break", "continue"});
}

bool mentions(const Syntax& syntax, const TokenRange& range, std::string_view word) {
  for (std::size_t i = range.first; i <= range.last; ++i)
    if (syntax.is(i, word)) return true;
  return false;
}

/// Returns: the token that is the name of the variable, where the statement declares one.
std::optional<std::size_t> declared(const Syntax& syntax, const TokenRange& statement) {
  if (one_of(syntax.text(statement.first), {"co_await", "delete", "if"}) || is_jump(syntax, statement))
    return {};
  std::size_t end = statement.first;
  while (!one_of(syntax.text(end), {"=", "(", "{", "[", ";"})) ++end;
  if (end < statement.first + 2 || !syntax.is_word(end - 1)) return {};
  const bool has_type = syntax.is_word(end - 2) || one_of(syntax.text(end - 2), {">", "&", "*", "&&"});
  return has_type ? std::optional(end - 1) : std::nullopt;
}

/// Whether a variable that the statement declares is used behind it.
bool declares_for(const Syntax& syntax, const TokenRange& statement, const TokenRange& behind) {
  const auto name = declared(syntax, statement);
  return name && mentions(syntax, behind, syntax.text(*name));
}

TokenRange rest_of_block(const Syntax& syntax, const TokenRange& statement) {
  return {statement.last, syntax.partner(syntax.enclosing(statement.first))};
}

/// Whether the order of the statement and its neighbours matters to other tasks.
bool is_event(const Syntax& syntax, const TokenRange& statement) {
  for (std::size_t i = statement.first; i <= statement.last; ++i) {
    if (one_of(syntax.text(i),
               {"co_await", "acquire", "try_acquire_owned", "release", "close", "cancel", "abort", "leave",
                "reset", "clear", "send", "erase", "insert", "exchange", "start", "spawn", "look_again"})) {
      return true;
    }
  }
  return false;
}

/// Whether a permit is what a variable of this type holds, and nothing else.
bool is_permit(std::string_view type) {
  return one_of(type, {"OwnedSemaphorePermit", "SemaphorePermit", "Permit"});
}

/// Returns: the edits that give a permit back before each of the statements in the block behind `from`, as long as it is
/// there, and something is awaited before the block ends: no other task could see the difference otherwise.
void add_releases(const Syntax& syntax, std::size_t block, std::size_t from, std::string_view name,
                  Edits& edits) {
  for (const TokenRange& statement : syntax.statements()) {
    if (statement.first <= from || syntax.enclosing(statement.first) != block) continue;
    if (one_of(syntax.text(statement.first - 1), {")", "else"})) continue;  // depends on a condition
    if (mentions(syntax, {from + 1, statement.first - 1}, name)) return;    // moved
    if (!mentions(syntax, {statement.first, syntax.partner(block)}, "co_await")) return;
    const std::size_t at = syntax.token(statement.first).begin;
    edits.push_back({at, at, fmt::format("{{ auto gone = std::move({}); }} ", name)});
  }
}

}  // namespace

Edits drop_statement(const Syntax& syntax) {
  Edits edits;
  for (const TokenRange& statement : syntax.statements()) {
    if (syntax.is(statement.first, "if")) continue;  // skip_condition() does that
    if (one_of(syntax.text(statement.first), {"return", "co_return", "throw"})) continue;
    if (declares_for(syntax, statement, rest_of_block(syntax, statement))) continue;
    edits.push_back(replace(syntax, statement, ";"));
  }
  return edits;
}

Edits move_statement(const Syntax& syntax) {
  Edits edits;
  for (const TokenRange& first : syntax.statements()) {
    for (const TokenRange& second : syntax.statements()) {
      if (second.first != first.last + 1 || one_of(syntax.text(first.first - 1), {")", "else"})) continue;
      if (is_jump(syntax, first) || is_jump(syntax, second)) continue;
      if (!is_event(syntax, first) && !is_event(syntax, second)) continue;
      if (declares_for(syntax, first, second)) continue;
      edits.push_back(replace(syntax, {first.first, second.last},
                              fmt::format("{} {}", syntax.text(second), syntax.text(first))));
    }
  }
  return edits;
}

Edits success_only(const Syntax& syntax) {
  Edits edits;
  for (const TokenRange& statement : syntax.statements()) {
    const auto name = declared(syntax, statement);
    if (!name || !(mentions(syntax, statement, "Result") || mentions(syntax, statement, "co_await")))
      continue;
    const std::size_t block = syntax.enclosing(statement.first);
    for (const TokenRange& next : syntax.statements()) {
      if (next.first <= statement.last || syntax.enclosing(next.first) != block) continue;
      if (syntax.is(next.first, "if") && mentions(syntax, next, syntax.text(*name)))
        break;  // a success from here on
      if (is_jump(syntax, next) || declared(syntax, next) || one_of(syntax.text(next.first), {"if", "auto"}))
        continue;
      if (one_of(syntax.text(next.first - 1), {")", "else"})) continue;
      const std::size_t at = syntax.token(next.first).begin;
      edits.push_back({at, at, fmt::format("if ({}) ", syntax.text(*name))});
    }
  }
  return edits;
}

Edits release_early(const Syntax& syntax) {
  Edits edits;
  for (const Parameter& parameter : syntax.parameters())
    if (is_permit(parameter.type))
      add_releases(syntax, parameter.body, parameter.body, parameter.name, edits);
  for (const TokenRange& statement : syntax.statements()) {
    const auto name = declared(syntax, statement);
    if (name && is_permit(syntax.text(*name - 1)))
      add_releases(syntax, syntax.enclosing(statement.first), statement.last, syntax.text(*name), edits);
  }
  return edits;
}

Edits default_result(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 0; i < syntax.size(); ++i) {
    if (!one_of(syntax.text(i), {"return", "co_return"}) || syntax.is(i + 1, ";")) continue;
    std::size_t end = i + 1;
    while (!syntax.is(end, ";"))
      end = one_of(syntax.text(end), {"(", "[", "{"}) ? syntax.partner(end) + 1 : end + 1;
    const bool is_empty = syntax.is(end - 2, "{") && syntax.is(end - 1, "}");
    if (is_empty || one_of(syntax.text(end - 1), {"nullopt", "nullptr", "false", "0"})) continue;
    edits.push_back(replace(syntax, {i + 1, end - 1}, "{}"));
  }
  return edits;
}

Edits throw_instead(const Syntax& syntax) {
  Edits edits;
  for (const TokenRange& statement : syntax.statements()) {
    if (!one_of(syntax.text(statement.first), {"return", "co_return", "if"})) continue;
    std::size_t jump = statement.first;
    while (jump < statement.last && !one_of(syntax.text(jump), {"return", "co_return"})) ++jump;
    if (one_of(syntax.text(jump + 1), {"Err", "failure", "refused"}))
      edits.push_back(replace(syntax, {jump, statement.last}, "throw 0;"));
  }
  return edits;
}

}  // namespace corokit::moulinette
