#include "mutation/edit.hpp"
#include "mutation/words.hpp"

#include <fmt/format.h>
#include <array>
#include <cctype>
#include <map>
#include <set>

namespace corokit::moulinette {
namespace {

/// A type whose name is in that of a parameter, and what is written for the parameter.
struct Constant {
  std::string_view type, value;
};
constexpr std::array<Constant, 11> kConstants{
    {{"size_t", "1"},
     {"uint32_t", "1"},
     {"uint64_t", "1"},
     {"int", "1"},
     {"Duration", "Duration::max()"},
     {"Duration", "Duration::zero()"},
     {"Instant", "now()"},
     {"bool", "true"},
     {"bool", "false"},
     {"CancellationToken", "CancellationToken()"},
     {"std::shared_ptr<Semaphore>", "std::make_shared<Semaphore>(1)"}}};

/// Whether a type is `name`, in any namespace, const or not, by value or by reference.
bool is_type(std::string_view type, std::string_view name) {
  if (type.starts_with("const")) type.remove_prefix(5);
  if (type.ends_with("&")) type.remove_suffix(1);
  return type == name || type.ends_with(fmt::format("::{}", name));
}

bool is_count(std::string_view type) {
  return is_type(type, "size_t") || is_type(type, "uint32_t") || is_type(type, "uint64_t") ||
         is_type(type, "int");
}

/// Whether a number is the argument of a template, or a part of an instant or a duration.
bool is_exempt(const Syntax& syntax, std::size_t i) {
  const auto is_angle = [&syntax](std::size_t j, std::string_view text) {
    return syntax.is(j, text) && !syntax.is_binary(j);
  };
  if (is_angle(i - 1, "<") || is_angle(i + 1, ">")) return true;
  for (std::size_t j = i - 1; j + 3 > i && j > 0; --j)
    if (one_of(syntax.text(j), {"Duration", "Instant"})) return true;
  return false;
}

void add_neighbours(const Syntax& syntax, std::size_t i, Edits& edits) {
  const std::string digits(syntax.text(i));
  if (!std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c); })) return;
  const unsigned long long number = std::stoull(digits);
  edits.push_back(replace(syntax, {i, i}, std::to_string(number + 1)));
  if (number > 0) edits.push_back(replace(syntax, {i, i}, std::to_string(number - 1)));
}

/// Whether the bracket opens the arguments of a call or of a result, and no parameters.
bool opens_arguments(const Syntax& syntax, std::size_t i) {
  if (i == 0 || !one_of(syntax.text(i), {"(", "{"}) || syntax.opens_block(i)) return false;
  if (!syntax.is_word(i - 1) && !syntax.is(i - 1, ">")) return false;
  if (one_of(syntax.text(i - 1), {"if", "for", "while", "switch", "catch", "constexpr"})) return false;
  std::size_t outer = syntax.enclosing(i);
  while (outer < syntax.size() && !syntax.is(outer, "{")) outer = syntax.enclosing(outer);
  return outer < syntax.size() && syntax.opens_block(outer);
}

/// Whether the type before `&` is constant: then a copy is as good.
bool is_const(const Syntax& syntax, std::size_t reference) {
  for (std::size_t i = reference - 1; i > 0 && !one_of(syntax.text(i), {"(", ",", ";", "{", "}"}); --i)
    if (syntax.is(i, "const")) return true;
  return false;
}

/// Whether two arguments may have one type: neither is a text, a lambda, or moved.
bool may_be_alike(const Syntax& syntax, const TokenRange& one, const TokenRange& other) {
  for (const TokenRange& range : {one, other}) {
    if (syntax.is(range.first, "[")) return false;
    for (std::size_t i = range.first; i <= range.last; ++i)
      if (syntax.token(i).kind == Token::Kind::text || syntax.is(i, "move")) return false;
  }
  return syntax.text(one) != syntax.text(other) && !syntax.is(one.first, "biased");
}

}  // namespace

Edit replace(const Syntax& syntax, TokenRange range, std::string replacement) {
  return {syntax.token(range.first).begin, syntax.token(range.last).end, std::move(replacement)};
}

Edits no_waiting(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 0; i < syntax.size(); ++i) {
    if (!syntax.is(i, "co_await")) continue;
    std::size_t called = i + 1;
    while (syntax.is_word(called) && one_of(syntax.text(called + 1), {"::", ".", "->"})) called += 2;
    if (!syntax.text(called).starts_with("acquire") &&
        !one_of(syntax.text(called), {"recv", "lock", "read", "write"}))
      continue;
    const std::string object(called > i + 1 ? syntax.text({i + 1, called - 1}) : std::string_view());
    edits.push_back(replace(syntax, {i, called}, fmt::format("{}try_{}", object, syntax.text(called))));
  }
  return edits;
}

Edits off_by_one(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 1; i < syntax.size(); ++i) {
    if (syntax.is_number(i) && !is_exempt(syntax, i)) add_neighbours(syntax, i, edits);
    if (syntax.is(i, "size") && syntax.is(i + 1, "(") && syntax.is(i + 2, ")")) {
      edits.push_back(replace(syntax, {i, i + 2}, "size() + 1"));
      edits.push_back(replace(syntax, {i, i + 2}, "size() - 1"));
    }
  }
  for (const Parameter& parameter : syntax.parameters()) {
    if (!is_count(parameter.type)) continue;
    for (const std::size_t use : parameter.uses) {
      edits.push_back(replace(syntax, {use, use}, fmt::format("({} + 1)", parameter.name)));
      edits.push_back(replace(syntax, {use, use}, fmt::format("({} - 1)", parameter.name)));
    }
  }
  return edits;
}

Edits other_end(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 2; i < syntax.size(); ++i) {
    if (!one_of(syntax.text(i), {"push_back", "emplace_back"}) || !syntax.is(i - 1, ".") ||
        !syntax.is_word(i - 2))
      continue;
    if (one_of(syntax.text(i - 3), {".", "->", "::"})) continue;
    edits.push_back(replace(syntax, {i, i + 1},
                            fmt::format("{}({}.begin(), ", syntax.is(i, "push_back") ? "insert" : "emplace",
                                        syntax.text(i - 2))));
  }
  return edits;
}

Edits copy_for_share(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 1; i + 2 < syntax.size(); ++i) {
    if (!syntax.is(i, "&") || syntax.is_binary(i)) continue;
    const bool captures = syntax.is(syntax.enclosing(i), "[") && one_of(syntax.text(i - 1), {"[", ","});
    if (captures) edits.push_back(replace(syntax, {i, i}, syntax.is(i + 1, "]") ? "=" : ""));
    const bool declares = syntax.is_word(i + 1) && one_of(syntax.text(i + 2), {"=", ":"}) &&
                          (syntax.is_word(i - 1) || syntax.is(i - 1, ">"));
    if (declares && !is_const(syntax, i)) edits.push_back(replace(syntax, {i, i}, ""));
  }
  return edits;
}

Edits constant_for_parameter(const Syntax& syntax) {
  Edits edits;
  for (const Parameter& parameter : syntax.parameters()) {
    for (const Constant& constant : kConstants) {
      if (!is_type(parameter.type, constant.type)) continue;
      for (const std::size_t use : parameter.uses)
        edits.push_back(replace(syntax, {use, use}, std::string(constant.value)));
    }
  }
  return edits;
}

Edits swap_arguments(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 0; i < syntax.size(); ++i) {
    if (!opens_arguments(syntax, i)) continue;
    const std::vector<TokenRange> arguments = syntax.arguments(i);
    for (std::size_t j = 0; j + 1 < arguments.size(); ++j) {
      const TokenRange& one = arguments[j];
      const TokenRange& other = arguments[j + 1];
      if (may_be_alike(syntax, one, other))
        edits.push_back(replace(syntax, {one.first, other.last},
                                fmt::format("{}, {}", syntax.text(other), syntax.text(one))));
    }
  }
  return edits;
}

Edits drop_bound(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 2; i < syntax.size(); ++i) {
    if (!one_of(syntax.text(i), {"min", "max"}) || !syntax.is(i - 1, "::") || !syntax.is(i - 2, "std"))
      continue;
    std::size_t open = i + 1;
    while (open < syntax.size() && !one_of(syntax.text(open), {"(", ";"})) ++open;
    if (!syntax.is(open, "(")) continue;
    for (const TokenRange& argument : syntax.arguments(open))
      edits.push_back(
          replace(syntax, {i - 2, syntax.partner(open)}, fmt::format("({})", syntax.text(argument))));
  }
  return edits;
}

Edits drop_bias(const Syntax& syntax) {
  Edits edits;
  for (std::size_t i = 1; i + 2 < syntax.size(); ++i) {
    if (syntax.is(i, "biased") && syntax.is(i - 1, "(") && syntax.is(i + 1, ","))
      edits.push_back({syntax.token(i).begin, syntax.token(i + 2).begin, ""});
  }
  return edits;
}

Edits other_name(const Syntax& syntax) {
  const auto names_enumerator = [&syntax](std::size_t i) {
    if (!syntax.is_word(i) || !syntax.is(i - 1, "::") || !syntax.is_word(i - 2)) return false;
    const bool is_value = !one_of(syntax.text(i + 1), {"(", "<", "::", "{"}) && !syntax.is_word(i + 1);
    return is_value && std::isupper(static_cast<unsigned char>(syntax.text(i - 2).front())) &&
           std::islower(static_cast<unsigned char>(syntax.text(i).front()));
  };
  std::map<std::string_view, std::set<std::string_view>> names;
  for (std::size_t i = 2; i < syntax.size(); ++i)
    if (names_enumerator(i)) names[syntax.text(i - 2)].insert(syntax.text(i));
  Edits edits;
  for (std::size_t i = 2; i < syntax.size(); ++i) {
    if (!names_enumerator(i)) continue;
    const auto& all = names[syntax.text(i - 2)];
    auto next = all.upper_bound(syntax.text(i));
    if (next == all.end()) next = all.begin();
    if (*next != syntax.text(i)) edits.push_back(replace(syntax, {i, i}, std::string(*next)));
  }
  return edits;
}

}  // namespace corokit::moulinette
