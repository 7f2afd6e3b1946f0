#include "norm/source_tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace corokit::moulinette {
namespace {

using Text = std::string_view;

bool is_word(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r';
}

/// The characters of a source. A backslash at the end of a line, with blanks behind it or not, joins two lines; but
/// inside a raw literal it does not.
class Characters {
 public:
  explicit Characters(Text text) noexcept : text_(text) { join(); }

  bool is_end() const noexcept { return at_ >= text_.size(); }
  char peek() const noexcept { return is_end() ? '\n' : text_[at_]; }
  /// The character behind the next one.
  char peek_second() const noexcept {
    Characters ahead = *this;
    ahead.next();
    return ahead.peek();
  }
  char next() noexcept {
    const char c = next_raw();
    join();
    return c;
  }
  /// Reads on behind the end of a text that no line joins; to the end where there is none.
  void skip_raw_behind(Text ending) noexcept {
    const std::size_t found = text_.find(ending, at_);
    const std::size_t behind = found == Text::npos ? text_.size() : found + ending.size();
    while (at_ < behind) next_raw();
    join();
  }
  Text raw_rest() const noexcept { return text_.substr(std::min(at_, text_.size())); }
  std::size_t line() const noexcept { return line_; }
  std::size_t column() const noexcept { return at_ - line_begin_ + 1; }

 private:
  char next_raw() noexcept {
    if (is_end()) return '\n';
    if (text_[at_] == '\n') {
      ++line_;
      line_begin_ = at_ + 1;
    }
    return text_[at_++];
  }
  void join() noexcept {
    while (at_ < text_.size() && text_[at_] == '\\') {
      std::size_t end = at_ + 1;
      while (end < text_.size() && is_blank(text_[end])) ++end;
      if (end >= text_.size() || text_[end] != '\n') return;
      at_ = end;
      next_raw();
    }
  }

  Text text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_begin_ = 0;
};

class SourceReader {
 public:
  explicit SourceReader(Text source) noexcept : in_(source) {}

  std::vector<SourceToken> run() {
    while (!in_.is_end()) step();
    return std::move(tokens_);
  }

 private:
  void step();
  void comment_or_sign();
  void word();
  void number();
  void literal(bool is_raw);
  void raw_literal();
  void header();
  bool expects_header() const noexcept;
  void skip_line();
  void add(SourceToken::Kind kind, std::string text) {
    tokens_.push_back({kind, std::move(text), line_, column_, starts_line_});
    starts_line_ = false;
  }

  Characters in_;
  std::vector<SourceToken> tokens_;
  std::size_t line_ = 1;  // where the token begins
  std::size_t column_ = 1;
  bool starts_line_ = true;
};

void SourceReader::step() {
  line_ = in_.line();
  column_ = in_.column();
  const char c = in_.peek();
  if (c == '\n') {
    in_.next();
    starts_line_ = true;
  } else if (is_blank(c)) {
    in_.next();
  } else if ((c == '<' || c == '"') && expects_header()) {
    header();
  } else if (c == '"' || c == '\'') {
    literal(false);
  } else if (is_digit(c) || (c == '.' && is_digit(in_.peek_second()))) {
    number();
  } else if (is_word(c)) {
    word();
  } else {
    comment_or_sign();
  }
}

void SourceReader::skip_line() {
  while (!in_.is_end() && in_.peek() != '\n') in_.next();
}

void SourceReader::comment_or_sign() {
  const char c = in_.next();
  if (c == '/' && in_.peek() == '/') return skip_line();
  if (c == '/' && in_.peek() == '*') {
    in_.next();
    for (char before = ' '; !in_.is_end();) {
      const char now = in_.next();
      if (before == '*' && now == '/') return;
      before = now;
    }
    return;
  }
  if (c == '%' && in_.peek() == ':') {
    in_.next();
    return add(SourceToken::Kind::sign, "#");
  }
  add(SourceToken::Kind::sign, std::string(1, c));
}

void SourceReader::word() {
  constexpr std::array<Text, 5> kRaw{"R", "LR", "uR", "UR", "u8R"};
  constexpr std::array<Text, 4> kPrefixes{"L", "u", "U", "u8"};
  std::string text;
  while (is_word(in_.peek()) && !in_.is_end()) text += in_.next();
  if (in_.peek() == '"' && std::ranges::find(kRaw, text) != kRaw.end()) return literal(true);
  const bool is_quote = in_.peek() == '"' || in_.peek() == '\'';
  if (is_quote && std::ranges::find(kPrefixes, text) != kPrefixes.end()) return literal(false);
  add(SourceToken::Kind::word, std::move(text));
}

void SourceReader::number() {
  std::string text;
  for (;;) {
    const char c = in_.peek();
    const char last = text.empty() ? ' ' : static_cast<char>(std::tolower(text.back()));
    const bool is_sign = (c == '+' || c == '-') && (last == 'e' || last == 'p');
    const bool separates = c == '\'' && !text.empty() && is_word(in_.peek_second());
    if (in_.is_end() || !(is_word(c) || c == '.' || is_sign || separates)) break;
    text += in_.next();
  }
  add(SourceToken::Kind::number, std::move(text));
}

void SourceReader::literal(bool is_raw) {
  if (is_raw) return raw_literal();
  const char quote = in_.next();
  while (!in_.is_end() && in_.peek() != '\n') {
    const char c = in_.next();
    if (c == quote) break;
    if (c == '\\' && in_.peek() != '\n') in_.next();
  }
  add(SourceToken::Kind::literal, std::string(1, quote));
}

void SourceReader::raw_literal() {
  const Text rest = in_.raw_rest().substr(1);
  const std::size_t opening = rest.find_first_of("(\n\" )\\\t\v\f");
  if (opening == Text::npos || opening > 16 || rest[opening] != '(')
    return literal(false);  // it does not compile
  const std::string delimiter(rest.substr(0, opening));
  in_.skip_raw_behind("(");
  in_.skip_raw_behind(")" + delimiter + "\"");
  add(SourceToken::Kind::literal, "\"");
}

/// Whether a header is named next: behind `#include` and its like, and behind `__has_include(`.
bool SourceReader::expects_header() const noexcept {
  constexpr std::array<Text, 4> kDirectives{"include", "include_next", "import", "embed"};
  const std::size_t n = tokens_.size();
  if (n < 2 || starts_line_) return false;
  const SourceToken& last = tokens_[n - 1];
  const SourceToken& before = tokens_[n - 2];
  if (last.text == "(") return before.text.starts_with("__has_include") || before.text == "__has_embed";
  return before.text == "#" && before.starts_line &&
         std::ranges::find(kDirectives, last.text) != kDirectives.end();
}

void SourceReader::header() {
  std::string text(1, in_.next());
  const char closing = text == "<" ? '>' : '"';
  while (!in_.is_end() && in_.peek() != '\n') {
    text += in_.next();
    if (text.back() == closing) break;
  }
  add(SourceToken::Kind::header, std::move(text));
}

}  // namespace

std::vector<SourceToken> source_tokens(Text source) {
  constexpr Text kByteOrderMark = "\xef\xbb\xbf";
  if (source.starts_with(kByteOrderMark)) source.remove_prefix(kByteOrderMark.size());
  return SourceReader(source).run();
}

}  // namespace corokit::moulinette
