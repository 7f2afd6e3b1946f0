#include "mutation/syntax.hpp"

#include "error.hpp"
#include "mutation/words.hpp"

namespace corokit::moulinette {
namespace {

bool opens(std::string_view text) {
  return one_of(text, {"(", "[", "{"});
}

bool closes(std::string_view text) {
  return one_of(text, {")", "]", "}"});
}

bool is_blank(const std::string& source, std::size_t at) {
  return at < source.size() && (source[at] == ' ' || source[at] == '\n');
}

}  // namespace

Syntax::Syntax(std::string source)
    : source_(std::move(source)),
      tokens_(tokenize(source_)),
      partners_(tokens_.size(), tokens_.size()),
      enclosing_(tokens_.size(), tokens_.size()),
      opens_block_(tokens_.size(), false) {
  match_brackets();
  for (std::size_t i = 0; i < size(); ++i) opens_block_[i] = is(i, "{") && is_block(i);
  find_statements();
}

std::string_view Syntax::text(std::size_t i) const {
  if (i >= size()) return {};
  return std::string_view(source_).substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin);
}

std::string_view Syntax::text(TokenRange range) const {
  const std::size_t begin = tokens_[range.first].begin;
  return std::string_view(source_).substr(begin, tokens_[range.last].end - begin);
}

bool Syntax::is_word(std::size_t i) const {
  return i < size() && tokens_[i].kind == Token::Kind::word;
}

bool Syntax::is_number(std::size_t i) const {
  return i < size() && tokens_[i].kind == Token::Kind::number;
}

bool Syntax::is_binary(std::size_t i) const {
  return i > 0 && i < size() && tokens_[i].kind == Token::Kind::symbol &&
         is_blank(source_, tokens_[i].begin - 1) && is_blank(source_, tokens_[i].end);
}

void Syntax::match_brackets() {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < size(); ++i) {
    if (closes(text(i))) {
      if (open.empty()) throw broken("A bracket is closed that was never opened.");
      partners_[i] = open.back();
      partners_[open.back()] = i;
      open.pop_back();
    }
    enclosing_[i] = open.empty() ? size() : open.back();
    if (opens(text(i))) open.push_back(i);
  }
  if (!open.empty()) throw broken("A bracket is opened that is never closed.");
}

bool Syntax::is_block(std::size_t brace) const {
  if (brace == 0) return false;
  std::size_t first = brace;  // of the declaration or the statement that the brace is in
  while (first > 0 && !one_of(text(first - 1), {";", "{", "}"})) --first;
  if (is(first, "template")) {
    while (first < brace && !one_of(text(first), {"class", "struct"}) && !is(first, ")")) ++first;
    // `template <class T>`: the first class is a parameter, and another one follows where a class is declared.
    const auto declares = [this](std::size_t i) { return one_of(text(i), {"class", "struct"}); };
    std::size_t i = first + 1;
    while (i < brace && !declares(i)) ++i;
    if (i < brace && is(i - 1, ">")) return false;
  } else if (one_of(text(first), {"class", "struct", "union", "enum", "namespace", "extern"})) {
    return false;
  }
  const std::string_view before = text(brace - 1);
  if (one_of(before, {")", "]", "const", "noexcept", "override", "else", "do", "try", "mutable"}))
    return true;
  for (std::size_t i = brace - 1; i > first; --i)  // a lambda or a function that says what it returns
    if (is(i, "->") && is(i - 1, ")")) return true;
  const std::size_t outer = enclosing_[brace];
  return first == brace && outer < size() && opens_block_[outer];
}

bool Syntax::starts_statement(std::size_t i) const {
  const std::size_t outer = enclosing_[i];
  if (i == 0 || outer >= size() || !opens_block_[outer]) return false;
  if (!is_word(i) && !one_of(text(i), {"++", "--", "*"})) return false;
  if (one_of(text(i), {"for", "while", "do", "switch", "else", "try", "catch", "case", "default", "struct",
                       "class", "enum", "using", "static_assert", "template"})) {
    return false;
  }
  const std::string_view before = text(i - 1);
  if (one_of(before, {";", "else", "do"}) || i - 1 == outer) return true;
  if (before == "}") return opens_block_[partners_[i - 1]];
  return before == ")" && one_of(text(partners_[i - 1] - 1), {"if", "while", "for", "switch", "constexpr"});
}

/// Returns: the semicolon that ends the statement; size() if it does not end in one.
std::size_t Syntax::statement_end(std::size_t i) const {
  const bool is_conditional = is(i, "if");
  if (is_conditional) {
    i = partners_[i + (is(i + 1, "constexpr") ? 2 : 1)] + 1;
    if (!starts_statement(i) || is(i, "if")) return size();
  }
  while (i < size() && !is(i, ";")) {
    if (closes(text(i))) return size();
    i = opens(text(i)) ? partners_[i] + 1 : i + 1;
  }
  return is_conditional && is(i + 1, "else") ? size() : i;
}

void Syntax::find_statements() {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!starts_statement(i)) continue;
    const std::size_t end = statement_end(i);
    if (end < size()) statements_.push_back({i, end});
  }
}

std::vector<TokenRange> Syntax::arguments(std::size_t parenthesis) const {
  std::vector<TokenRange> found;
  const std::size_t end = partners_[parenthesis];
  std::size_t first = parenthesis + 1;
  std::size_t angles = 0;
  for (std::size_t i = first; i < end; ++i) {
    if (opens(text(i))) {
      i = partners_[i];
    } else if (is(i, "<") && !is_binary(i)) {
      ++angles;
    } else if (is(i, ">") && angles > 0) {
      --angles;
    } else if (is(i, ",") && angles == 0) {
      found.push_back({first, i - 1});
      first = i + 1;
    }
  }
  if (first < end) found.push_back({first, end - 1});
  return found;
}

void Syntax::add_parameters(std::size_t body, std::vector<Parameter>& parameters) const {
  std::size_t list = size();
  for (std::size_t i = body; i-- > 0 && i != enclosing_[body] && !one_of(text(i), {";", "}"});) {
    if (is(i, "(") && partners_[i] < body && enclosing_[i] == enclosing_[body]) list = i;
  }
  if (list == size() || one_of(text(list - 1), {"if", "for", "while", "switch", "catch", "constexpr"}))
    return;
  for (const TokenRange& range : arguments(list)) {
    if (range.first == range.last || !is_word(range.last)) continue;
    Parameter parameter{.type = {}, .name = std::string(text(range.last)), .uses = {}, .body = body};
    for (std::size_t i = range.first; i < range.last; ++i) parameter.type += text(i);
    for (std::size_t i = partners_[list] + 1; i < partners_[body]; ++i) {
      if (is(i, parameter.name) && !one_of(text(i - 1), {".", "->", "::"}) && !one_of(text(i + 1), {"("}))
        parameter.uses.push_back(i);
    }
    parameters.push_back(std::move(parameter));
  }
}

std::vector<Parameter> Syntax::parameters() const {
  std::vector<Parameter> found;
  for (std::size_t i = 0; i < size(); ++i)
    if (opens_block_[i]) add_parameters(i, found);
  return found;
}

}  // namespace corokit::moulinette
