#include "mutation/token.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace corokit::moulinette {
namespace {

constexpr std::array<std::string_view, 23> kLongSymbols{"<=>", "<<=", "...", "->*", "->", "::", "&&", "||",
                                                        "==",  "!=",  "<=",  ">=",  "+=", "-=", "*=", "/=",
                                                        "%=",  "&=",  "|=",  "^=",  "++", "--", "<<"};

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view source) : source_(source) {}

  std::vector<Token> tokens() {
    while (at_ < source_.size()) next();
    return std::move(tokens_);
  }

 private:
  void next();
  void word();
  void number();
  void quoted(std::size_t begin);
  void raw(std::size_t begin);
  void symbol();
  void skip_preprocessor_line();

  bool sees(std::string_view text) const { return source_.substr(at_).starts_with(text); }
  bool begins_line() const {
    const std::size_t before = at_ == 0 ? std::string_view::npos : source_.find_last_not_of(" \t", at_ - 1);
    return before == std::string_view::npos || source_[before] == '\n';
  }
  void skip_to(std::string_view end, std::size_t from) {
    const std::size_t found = source_.find(end, from);
    at_ = found == std::string_view::npos ? source_.size() : found + end.size();
  }
  void add(Token::Kind kind, std::size_t begin) { tokens_.push_back({kind, begin, at_}); }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

void Tokenizer::next() {
  const char c = source_[at_];
  const bool digit_follows =
      at_ + 1 < source_.size() && std::isdigit(static_cast<unsigned char>(source_[at_ + 1]));
  if (std::isspace(static_cast<unsigned char>(c))) {
    ++at_;
  } else if (sees("//")) {
    skip_to("\n", at_);
  } else if (sees("/*")) {
    skip_to("*/", at_ + 2);
  } else if (c == '#' && begins_line()) {
    skip_preprocessor_line();
  } else if (c == '"' || c == '\'') {
    quoted(at_);
  } else if (std::isdigit(static_cast<unsigned char>(c)) || (c == '.' && digit_follows)) {
    number();
  } else if (in_name(c)) {
    word();
  } else {
    symbol();
  }
}

void Tokenizer::skip_preprocessor_line() {
  do skip_to("\n", at_);
  while (at_ >= 2 && at_ < source_.size() && source_[at_ - 2] == '\\');
}

void Tokenizer::word() {
  const std::size_t begin = at_;
  while (at_ < source_.size() && in_name(source_[at_])) ++at_;
  const std::string_view name = source_.substr(begin, at_ - begin);
  static constexpr std::array<std::string_view, 4> kPrefixes{"L", "u", "U", "u8"};
  if (sees("\"") && name.ends_with('R')) {
    raw(begin);
  } else if ((sees("\"") || sees("'")) && std::ranges::find(kPrefixes, name) != kPrefixes.end()) {
    quoted(begin);
  } else {
    add(Token::Kind::word, begin);
  }
}

void Tokenizer::number() {
  const std::size_t begin = at_;
  while (at_ < source_.size()) {
    const char c = source_[at_];
    const bool is_sign = (c == '+' || c == '-') && (source_[at_ - 1] == 'e' || source_[at_ - 1] == 'E');
    const bool is_separator = c == '\'' && at_ + 1 < source_.size() && in_name(source_[at_ + 1]);
    if (!in_name(c) && c != '.' && !is_sign && !is_separator) break;
    ++at_;
  }
  add(Token::Kind::number, begin);
}

void Tokenizer::quoted(std::size_t begin) {
  const char quote = source_[at_++];
  while (at_ < source_.size() && source_[at_] != quote) at_ += source_[at_] == '\\' ? 2 : 1;
  at_ = std::min(at_ + 1, source_.size());
  add(Token::Kind::text, begin);
}

void Tokenizer::raw(std::size_t begin) {
  const std::size_t open = std::min(source_.find('(', at_), source_.size());
  const std::string end = ")" + std::string(source_.substr(at_ + 1, open - at_ - 1)) + "\"";
  skip_to(end, open);
  add(Token::Kind::text, begin);
}

void Tokenizer::symbol() {
  const std::size_t begin = at_;
  const auto known = std::ranges::find_if(kLongSymbols, [this](std::string_view text) { return sees(text); });
  at_ += known == kLongSymbols.end() ? 1 : known->size();
  add(Token::Kind::symbol, begin);
}

}  // namespace

std::vector<Token> tokenize(std::string_view source) {
  return Tokenizer(source).tokens();
}

}  // namespace corokit::moulinette
