#pragma once
#include "mutation/syntax.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

/// What somebody does to a solution of someone else, so that nobody sees where it is from. The sources are laid out by
/// clang-format. What comes of it is compared, and not compiled.
namespace corokit::moulinette::disguise {

/// Names that the source declares: behind a type, and before what may follow a name that is declared.
inline std::set<std::string> declared_names(const Syntax& syntax) {
  static const std::set<std::string> not_types{"return", "co_return", "co_await", "co_yield",
                                               "throw",  "new",       "else",     "delete",
                                               "case",   "goto",      "using",    "typename"};
  static const std::set<std::string> not_names{"const", "noexcept", "override",
                                               "final", "mutable",  "operator"};
  std::set<std::string> names;
  for (std::size_t i = 1; i + 1 < syntax.size(); ++i) {
    const std::string before(syntax.text(i - 1));
    const bool is_behind_type = (syntax.is_word(i - 1) && !not_types.contains(before)) || before == ">" ||
                                before == "&" || before == "*";
    const bool may_be_declared =
        std::string_view("=;({,):").find(syntax.text(i + 1)) != std::string_view::npos;
    const std::string name(syntax.text(i));
    if (syntax.is_word(i) && is_behind_type && may_be_declared && !not_names.contains(name))
      names.insert(name);
  }
  return names;
}

inline std::string renamed(const std::string& source) {
  const Syntax syntax(source);
  const std::set<std::string> names = declared_names(syntax);
  std::string text;
  std::size_t at = 0;
  for (std::size_t i = 0; i < syntax.size(); ++i) {
    const std::string name(syntax.text(i));
    if (!syntax.is_word(i) || !names.contains(name)) continue;
    text += source.substr(at, syntax.token(i).begin - at) +
            fmt::format("my_{}", std::hash<std::string>()(name) % 9973);
    at = syntax.token(i).end;
  }
  return text + source.substr(at);
}

/// Each token in a line of its own.
inline std::string reformatted(const std::string& source) {
  std::string text;
  std::size_t number = 0;
  for (const Token& token : tokenize(source))
    text += source.substr(token.begin, token.end - token.begin) + (++number % 7 == 3 ? "\n\n\t" : "\n");
  return text;
}

inline std::string commented(const std::string& source) {
  std::string text;
  for (const char c : source)
    text += c == ';' ? std::string("; /* the { next ; step */ // ; done\n") : std::string(1, c);
  return text;
}

/// Writes something behind each `every`th statement.
inline std::string with_statements(const std::string& source, std::size_t every) {
  static const std::vector<std::string> more{" int spare = 4;", " (void)counter;", " total += index * 2;",
                                             " if (verbose) log(level, \"here\");",
                                             " std::size_t unused = items.size() + 1;"};
  const Syntax syntax(source);
  std::set<std::size_t> ends;
  for (const TokenRange& statement : syntax.statements()) ends.insert(syntax.token(statement.last).end);
  std::string text;
  std::size_t at = 0;
  std::size_t number = 0;
  for (const std::size_t end : ends) {
    text += source.substr(at, end - at);
    if (++number % every == 0) text += more[number / every % more.size()];
    at = end;
  }
  return text + source.substr(at);
}

/// Functions, types and variables outside of all functions, in another order.
inline std::string reordered(const std::string& source, unsigned seed) {
  std::vector<std::string> pieces(1);
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t end = std::min(source.find('\n', at), source.size() - 1) + 1;
    const std::string line = source.substr(at, end - at);
    pieces.back() += line;
    if (line.starts_with("}") && !line.starts_with("}  //")) pieces.emplace_back();
    at = end;
  }
  std::shuffle(pieces.begin(), pieces.end(), std::mt19937(seed));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

/// Each `every`th statement that stands alone becomes a function.
inline std::string split(const std::string& source, std::size_t every) {
  const Syntax syntax(source);
  std::string text;
  std::string functions;
  std::size_t at = 0;
  std::size_t number = 0;
  for (const TokenRange& statement : syntax.statements()) {
    const std::size_t begin = syntax.token(statement.first).begin;
    if (begin < at || ++number % every != 0) continue;
    text += source.substr(at, begin - at) + fmt::format("part_{}(state, id);", number);
    functions += fmt::format("static auto part_{}(State& state, int id) {{\n  {}\n}}\n", number,
                             syntax.text(statement));
    at = syntax.token(statement.last).end;
  }
  return text + source.substr(at) + functions;
}

inline std::string with_dead_code(const std::string& source) {
  std::string text = source;
  for (int i = 1; i < 9; ++i) {
    text += fmt::format(
        "static int helper_{0}(int a, int b) {{\n  int total = {0};\n  for (int i = a; i < b; ++i) {{\n"
        "    if (i % {0} == 0) total += i * b;\n    else total -= a;\n  }}\n  return total;\n}}\n",
        i);
  }
  return text;
}

struct Disguise {
  std::string name;
  std::function<std::string(const std::string&)> apply;
};

inline std::vector<Disguise> all() {
  const auto everything = [](const std::string& source) {
    return reformatted(with_dead_code(reordered(split(with_statements(renamed(source), 3), 5), 7)));
  };
  return {
      {"nothing", [](const std::string& source) { return source; }},
      {"renamed", renamed},
      {"reformatted", reformatted},
      {"comments inserted", commented},
      {"functions reordered", [](const std::string& source) { return reordered(source, 7); }},
      {"a statement after every third", [](const std::string& source) { return with_statements(source, 3); }},
      {"a statement after every second",
       [](const std::string& source) { return with_statements(source, 2); }},
      {"a statement after each", [](const std::string& source) { return with_statements(source, 1); }},
      {"every fifth statement a function", [](const std::string& source) { return split(source, 5); }},
      {"dead code added", with_dead_code},
      {"all of these, every third and fifth", everything}};
}

}  // namespace corokit::moulinette::disguise
