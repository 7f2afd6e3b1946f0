#include "mutation/operators.hpp"

#include "mutation/words.hpp"

namespace corokit::moulinette {
namespace {

using enum Swap::Where;

const std::vector<Operator> kOperators{
    {"drop_statement", "a statement is left out", {}, drop_statement},
    {"move_statement", "two statements are in the other order", {}, move_statement},
    {"no_waiting", "a permit is asked for, and not waited for", {}, no_waiting},
    {"release_early", "a permit goes back too early", {}, release_early},
    {"success_only", "something is done only after a success", {}, success_only},
    {"default_result", "an empty result is returned: an error is swallowed", {}, default_result},
    {"throw_instead", "an exception is thrown where an error is returned", {}, throw_instead},
    {"skip_condition", "a check never holds", {}, skip_condition},
    {"negate_condition", "a check holds when it must not", {}, negate_condition},
    {"drop_operand", "a part of a condition is left out", {}, drop_operand},
    {"drop_not", "a `!` is left out", {}, drop_not},
    {"other_branch", "the branches of `?:` are exchanged", {}, other_branch},
    {"and_or", "`&&` stands for `||`, or the reverse", {{"&&", "||", binary}, {"||", "&&", binary}}},
    {"boundary",
     "a comparison is wrong where both sides are equal",
     {{"<", "<=", binary}, {"<=", "<", binary}, {">", ">=", binary}, {">=", ">", binary}}},
    {"opposite", "`==` stands for `!=`, or the reverse", {{"==", "!=", binary}, {"!=", "==", binary}}},
    {"arithmetic",
     "the arithmetic is of another kind",
     {{"+", "-", binary},
      {"-", "+", binary},
      {"*", "/", binary},
      {"/", "*", binary},
      {"+=", "-=", binary},
      {"-=", "+=", binary},
      {"++", "--"},
      {"--", "++"}}},
    {"off_by_one", "a number is one too great or too small", {}, off_by_one},
    {"constant_for_parameter", "a parameter is ignored", {}, constant_for_parameter},
    {"truth", "`true` stands for `false`, or the reverse", {{"true", "false"}, {"false", "true"}}},
    {"min_max", "`min` stands for `max`, or the reverse", {{"min", "max", call}, {"max", "min", call}}},
    {"drop_bound", "a bound is left out, or is taken always", {}, drop_bound},
    {"other_end",
     "the wrong end of a container is used",
     {{"front", "back", member_call},
      {"back", "front", member_call},
      {"first", "last", member_call},
      {"last", "first", member_call},
      {"least", "most", member_call},
      {"most", "least", member_call},
      {"begin", "rbegin", member_call},
      {"rbegin", "begin", member_call},
      {"pop_back", "pop_front", member_call},
      {"pop_front", "pop_back", member_call}},
     other_end},
    {"other_name", "one enumerator stands for another", {}, other_name},
    {"unit",
     "a duration is in another unit",
     {{"milliseconds", "microseconds"}, {"seconds", "milliseconds"}, {"hours", "seconds"}}},
    {"copy_for_share", "something is copied that must be shared", {}, copy_for_share},
    {"swap_arguments", "two arguments are exchanged", {}, swap_arguments},
    {"drop_bias", "what is written first no longer goes first", {}, drop_bias},
    {"loop_exit",
     "`break` stands for `continue`, or the reverse",
     {{"break", "continue"}, {"continue", "break"}}},
};

bool applies(const Syntax& syntax, std::size_t i, const Swap& swap) {
  if (!syntax.is(i, swap.from)) return false;
  switch (swap.where) {
    case binary:
      return syntax.is_binary(i) && syntax.token(i + 1).kind != Token::Kind::text &&
             syntax.token(i - 1).kind != Token::Kind::text && !syntax.is(i - 1, "template");
    case call:
      return syntax.is(i + 1, "(") || syntax.is(i + 1, "<");
    case member_call:
      return syntax.is(i + 1, "(") && one_of(syntax.text(i - 1), {".", "->"});
    case anywhere:
      return true;
  }
  return false;
}

}  // namespace

std::span<const Operator> operators() {
  return kOperators;
}

Edits edits_of(const Operator& kind, const Syntax& syntax) {
  Edits edits = kind.edits ? kind.edits(syntax) : Edits();
  for (std::size_t i = 0; i < syntax.size(); ++i) {
    for (const Swap& swap : kind.swaps)
      if (applies(syntax, i, swap)) edits.push_back(replace(syntax, {i, i}, std::string(swap.to)));
  }
  return edits;
}

}  // namespace corokit::moulinette
