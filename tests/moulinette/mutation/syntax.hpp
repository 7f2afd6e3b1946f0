#pragma once
#include "mutation/token.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// The numbers of two tokens, both of which belong to the range.
struct TokenRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// A parameter of a function that has a body, and where its name is used.
struct Parameter {
  std::string type;  // without blanks: "std::shared_ptr<Semaphore>"
  std::string name;
  std::vector<std::size_t> uses;  // tokens
  std::size_t body = 0;           // the brace that opens the function's body
};

/// What the tokens of a source say of its structure, without knowing any declaration. The source is laid out by
/// clang-format: a binary operator has a blank on each side, and the bracket of a template has none.
///
/// Tokens are named by their numbers. A number past the last token stands for an empty symbol.
class Syntax {
 public:
  /// Throws: Error if the brackets do not match.
  explicit Syntax(std::string source);

  const std::string& source() const noexcept { return source_; }
  std::size_t size() const noexcept { return tokens_.size(); }
  const Token& token(std::size_t i) const { return tokens_[i]; }

  std::string_view text(std::size_t i) const;
  std::string_view text(TokenRange range) const;
  bool is(std::size_t i, std::string_view text) const { return this->text(i) == text; }
  bool is_word(std::size_t i) const;
  bool is_number(std::size_t i) const;
  /// Whether a blank stands on each side.
  bool is_binary(std::size_t i) const;

  /// Returns: the other bracket of ( [ or {.
  std::size_t partner(std::size_t bracket) const { return partners_[bracket]; }
  /// Returns: the bracket that the token is in; size() outside of all.
  std::size_t enclosing(std::size_t i) const { return enclosing_[i]; }
  /// Whether a brace opens statements, those of a function or of a part of it.
  bool opens_block(std::size_t brace) const { return opens_block_[brace]; }

  /// Returns: the statements that end in a semicolon: declarations, expressions and jumps in functions, and `if (…)`
  ///   before one of these, where no `else` follows.
  const std::vector<TokenRange>& statements() const noexcept { return statements_; }
  /// Returns: the arguments, or parameters, between a parenthesis and its partner.
  std::vector<TokenRange> arguments(std::size_t parenthesis) const;
  std::vector<Parameter> parameters() const;

 private:
  void match_brackets();
  bool is_block(std::size_t brace) const;
  bool starts_statement(std::size_t i) const;
  std::size_t statement_end(std::size_t i) const;
  void find_statements();
  void add_parameters(std::size_t body, std::vector<Parameter>& parameters) const;

  std::string source_;
  std::vector<Token> tokens_;
  std::vector<std::size_t> partners_;   // for each bracket
  std::vector<std::size_t> enclosing_;  // for each token
  std::vector<bool> opens_block_;       // for each token
  std::vector<TokenRange> statements_;
};

}  // namespace corokit::moulinette
