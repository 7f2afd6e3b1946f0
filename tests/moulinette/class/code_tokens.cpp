#include "class/code_tokens.hpp"

#include "norm/source_tokens.hpp"
#include "running/hash.hpp"

#include <algorithm>
#include <initializer_list>
#include <unordered_map>
#include <unordered_set>

namespace corokit::moulinette {
namespace {

using Text = std::string_view;
using Kind = SourceToken::Kind;

constexpr Text kName = "name";
constexpr Text kValue = "value";

const std::unordered_set<Text>& keywords() {
  static const std::unordered_set<Text> all{"alignas",      "alignof",
                                            "asm",          "break",
                                            "case",         "catch",
                                            "co_await",     "co_return",
                                            "co_yield",     "concept",
                                            "continue",     "const_cast",
                                            "decltype",     "default",
                                            "delete",       "do",
                                            "dynamic_cast", "else",
                                            "enum",         "for",
                                            "friend",       "goto",
                                            "if",           "new",
                                            "operator",     "reinterpret_cast",
                                            "requires",     "return",
                                            "sizeof",       "static_assert",
                                            "struct",       "static_cast",
                                            "switch",       "template",
                                            "thread_local", "throw",
                                            "try",          "typedef",
                                            "union",        "using",
                                            "while"};
  return all;
}

/// Words that can be written or left out, and the program does the same.
const std::unordered_set<Text>& left_out() {
  static const std::unordered_set<Text> all{"const",    "consteval", "constexpr", "constinit", "explicit",
                                            "export",   "extern",    "final",     "inline",    "mutable",
                                            "noexcept", "override",  "private",   "protected", "public",
                                            "register", "static",    "typename",  "virtual",   "volatile"};
  return all;
}

const std::unordered_set<Text>& built_in_types() {
  static const std::unordered_set<Text> all{"auto",     "bool",   "char",     "char8_t", "char16_t",
                                            "char32_t", "double", "float",    "int",     "long",
                                            "short",    "signed", "unsigned", "void"};
  return all;
}

/// Words that mean the same as other tokens.
const std::unordered_map<Text, std::vector<Text>>& other_spellings() {
  static const std::unordered_map<Text, std::vector<Text>> all{
      {"and", {"&", "&"}}, {"or", {"|", "|"}},  {"not", {"!"}},        {"not_eq", {"!", "="}},
      {"true", {kValue}},  {"false", {kValue}}, {"nullptr", {kValue}}, {"class", {"struct"}}};
  return all;
}

class Reader {
 public:
  Reader(Text source, std::size_t most) : from_(source_tokens(source)), most_(most) {}

  std::vector<CodeToken> tokens() {
    while (at_ < from_.size() && to_.size() < most_) next();
    return std::move(to_);
  }

 private:
  bool is(std::size_t ahead, Text text) const {
    return at_ + ahead < from_.size() && from_[at_ + ahead].text == text;
  }
  bool is_qualifier(std::size_t ahead) const { return is(ahead, ":") && is(ahead + 1, ":"); }
  void add(Text kind) {
    last_ = kind;
    const std::uint64_t hash = hash_of(kind);
    to_.push_back(
        {static_cast<std::uint32_t>(hash ^ (hash >> 32U)), static_cast<std::uint32_t>(from_[at_].line)});
  }
  void next();
  void directive();
  void word(Text text);
  void skip_behind(std::initializer_list<Text> signs);

  const std::vector<SourceToken> from_;
  std::size_t most_;
  std::size_t at_ = 0;
  Text last_;  // the token before
  std::vector<CodeToken> to_;
};

void Reader::next() {
  const SourceToken& token = from_[at_];
  if (token.starts_line && token.text == "#") return directive();
  switch (token.kind) {
    case Kind::word:
      return word(token.text);
    case Kind::number:
      add(kValue);
      break;
    case Kind::literal:
      if (last_ != "text") add("text");  // texts side by side are one
      break;
    case Kind::header:
      break;
    case Kind::sign:
      if (is(0, "[") && is(1, "[")) return skip_behind({"]"});
      if (is(0, ":") && is(1, ":"))
        ++at_;
      else if (token.text != "{" && token.text != "}")
        add(token.text);
  }
  ++at_;
}

void Reader::directive() {
  if (is(1, "define")) {
    at_ += 2;
    return;
  }
  do ++at_;
  while (at_ < from_.size() && !from_[at_].starts_line);
}

void Reader::word(Text text) {
  if (text == "namespace") return skip_behind({"{", ";"});
  if (text == "using" && is(1, "namespace")) return skip_behind({";"});
  const auto spelling = other_spellings().find(text);
  const bool is_of_this = text == "this" && is(1, "-") && is(2, ">");
  if (is_qualifier(1) || is_of_this) {
    at_ += 2;
  } else if (left_out().contains(text)) {
    if (is(1, ":")) ++at_;
  } else if (spelling != other_spellings().end()) {
    for (const Text kind : spelling->second) add(kind);
  } else if (built_in_types().contains(text)) {
    if (at_ == 0 || !built_in_types().contains(from_[at_ - 1].text))
      add(kName);  // `unsigned long` is one name
  } else {
    add(keywords().contains(text) ? text : kName);
  }
  ++at_;
}

/// Reads on behind the next one of these signs, and behind those that follow it and are the same.
void Reader::skip_behind(std::initializer_list<Text> signs) {
  while (at_ < from_.size() && std::ranges::find(signs, Text(from_[at_].text)) == signs.end()) ++at_;
  if (at_ == from_.size()) return;
  const Text sign = from_[at_].text;
  do ++at_;
  while (sign == "]" && is(0, sign));
}

}  // namespace

std::vector<CodeToken> code_tokens(std::string_view source, std::size_t most) {
  return Reader(source, most).tokens();
}

std::string code_of_markdown(std::string_view text) {
  std::string code;
  bool is_fenced = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const Text line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.starts_with("```"))
      is_fenced = !is_fenced;
    else if (is_fenced || line.starts_with("    "))
      code += line;
  }
  return code;
}

}  // namespace corokit::moulinette
