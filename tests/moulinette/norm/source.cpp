#include "norm/source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ranges>
#include <set>
#include <string>

namespace corokit::moulinette {
namespace {

using Text = std::string_view;
using Tokens = std::vector<SourceToken>;
using Kind = SourceToken::Kind;

/// Compilers differ in what they make of these characters, so a line could mean one thing to us and another to them.
std::size_t line_of_control_character(Text source) noexcept {
  std::size_t line = 1;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto c = static_cast<unsigned char>(source[i]);
    if (c == '\n') ++line;
    const bool ends_line = c == '\r' && i + 1 < source.size() && source[i + 1] == '\n';
    const bool is_blank = c == '\t' || c == '\n' || c == '\f' || c == '\v' || ends_line;
    if ((c < 0x20 && !is_blank) || c == 0x7f) return line;
  }
  return 0;
}

class SourceNorm {
 public:
  SourceNorm(Text source, const NormRules& rules, const Headers& headers)
      : rules_(rules), headers_(headers), tokens_(source_tokens(source)) {}

  std::vector<NormFinding> run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      const SourceToken& token = tokens_[at_];
      if (token.kind == Kind::sign && token.text == "#" && token.starts_line) directive();
      if (token.kind == Kind::header) header(token);
      if (token.kind == Kind::word) word(token);
      if (token.text == "namespace" && !rules_.macros.empty()) opened_namespace();
    }
    pasting();
    return std::move(findings_);
  }

 private:
  void directive();
  void header(const SourceToken& token);
  void word(const SourceToken& token);
  void opened_namespace();
  void pasting();
  bool can_be_pasted(Text word) const;
  void defined(const SourceToken& name);
  std::size_t end_of_line(std::size_t from) const;
  std::string text_of(std::size_t first, std::size_t end) const;
  void refuse(std::string what, const std::string& why, std::size_t line) {
    const auto same = [&](const NormFinding& known) { return known.symbol == what; };
    if (std::ranges::none_of(findings_, same)) findings_.push_back({std::move(what), why, line});
  }

  const NormRules& rules_;
  const Headers& headers_;
  const Tokens tokens_;
  std::size_t at_ = 0;
  std::set<std::string> words_;
  std::size_t line_of_pasting_ = 0;
  std::vector<NormFinding> findings_;
};

std::size_t SourceNorm::end_of_line(std::size_t from) const {
  while (from < tokens_.size() && !tokens_[from].starts_line) ++from;
  return from;
}

std::string SourceNorm::text_of(std::size_t first, std::size_t end) const {
  std::string text;
  for (std::size_t i = first; i < end; ++i) text += (text.empty() ? "" : " ") + tokens_[i].text;
  return text;
}

/// Called at the # of a directive.
void SourceNorm::directive() {
  constexpr std::array<Text, 14> kKnown{"include", "define", "undef",   "if",       "ifdef",
                                        "ifndef",  "elif",   "elifdef", "elifndef", "else",
                                        "endif",   "error",  "warning", "pragma"};
  const std::size_t first = at_ + 1;
  const std::size_t end = end_of_line(first);
  if (first == end) return;  // # alone does nothing
  const SourceToken& name = tokens_[first];
  if (std::ranges::find(kKnown, name.text) == kKnown.end())
    return refuse("#" + name.text, "says something else than it seems to: write what it stands for",
                  name.line);
  if (name.text == "include" && (first + 1 == end || tokens_[first + 1].kind != Kind::header))
    refuse("#include " + text_of(first + 1, end), "hides which header it names: spell the name", name.line);
  if (name.text == "pragma") {
    const std::string text = text_of(first + 1, end);
    const std::string& why = rules_.pragmas.why_refused({text});
    if (!why.empty()) refuse("#pragma " + text, why, name.line);
  }
  if (name.text == "define" && !rules_.macros.empty())
    refuse("#" + text_of(first, std::min(end, first + 2)), rules_.macros, name.line);
  if (name.text == "define" && first + 1 < end) defined(tokens_[first + 1]);
  for (std::size_t i = first; i + 1 < end; ++i)
    if (tokens_[i].text == "#" && tokens_[i + 1].text == "#") line_of_pasting_ = tokens_[i].line;
}

/// A macro with the name of a keyword, or with a reserved one, changes what headers mean.
void SourceNorm::defined(const SourceToken& name) {
  constexpr std::array<Text, 8> kSwitches{"_GNU_SOURCE",    "_DEFAULT_SOURCE",   "_POSIX_C_SOURCE",
                                          "_XOPEN_SOURCE",  "_USE_MATH_DEFINES", "_GLIBCXX_ASSERTIONS",
                                          "_GLIBCXX_DEBUG", "_LIBCPP_DEBUG"};
  constexpr std::array<Text, 52> kKeywords{
      "alignas",  "alignof",  "auto",      "bool",     "break",    "case",      "catch",     "char",
      "class",    "co_await", "co_return", "co_yield", "concept",  "const",     "constexpr", "continue",
      "decltype", "default",  "delete",    "do",       "else",     "enum",      "explicit",  "extern",
      "false",    "final",    "for",       "friend",   "if",       "inline",    "int",       "namespace",
      "new",      "noexcept", "operator",  "override", "private",  "protected", "public",    "requires",
      "return",   "static",   "struct",    "switch",   "template", "this",      "throw",     "true",
      "try",      "typename", "virtual",   "void"};
  if (std::ranges::find(kSwitches, name.text) != kSwitches.end()) return;
  const bool is_reserved =
      name.text.size() > 1 && name.text[0] == '_' &&
      (name.text[1] == '_' || std::isupper(static_cast<unsigned char>(name.text[1])) != 0);
  if (is_reserved || std::ranges::find(kKeywords, name.text) != kKeywords.end())
    refuse("#define " + name.text, "changes what headers mean", name.line);
}

/// Whether pasting words can make this one.
bool SourceNorm::can_be_pasted(Text word) const {
  if (word.empty()) return true;
  for (std::size_t length = 1; length <= word.size(); ++length) {
    if (words_.contains(std::string(word.substr(0, length))) && can_be_pasted(word.substr(length)))
      return true;
  }
  return false;
}

/// A refused word may not stand in the source, nor be pasted of words that do: `as` and `m`. What is pasted begins with
/// two underscores only if it begins with a word that is one.
void SourceNorm::pasting() {
  if (line_of_pasting_ == 0) return;
  const auto is_made = [this](const NameRules::Rule& rule) {
    return !rule.why.empty() && can_be_pasted(rule.pattern);
  };
  if (words_.contains("_") || std::ranges::any_of(rules_.words.rules, is_made))
    refuse("##", "could make a word that is refused: write the names out", line_of_pasting_);
}

void SourceNorm::header(const SourceToken& token) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || Text("_./+-").find(c) != Text::npos;
  };
  const bool is_whole = token.text.size() > 2 && (token.text.back() == '>' || token.text.back() == '"');
  const Text name = is_whole ? Text(token.text).substr(1, token.text.size() - 2) : Text();
  if (name.empty() || !std::ranges::all_of(name, is_plain))
    return refuse(token.text, "is no name of a header", token.line);
  const bool is_asked = at_ > 0 && tokens_[at_ - 1].text == "(";  // __has_include() opens no file
  const std::string why = is_asked ? "" : headers_.why_refused(name);
  if (!why.empty()) refuse(std::string(name), why, token.line);
}

void SourceNorm::word(const SourceToken& token) {
  words_.insert(token.text);
  const NameRules::Rule* rule = rules_.words.find({token.text});
  const std::string& why = rule ? rule->why : rules_.words.otherwise;
  if (rule ? !why.empty() : token.text.starts_with("__")) refuse(token.text, why, token.line);
}

/// Called at the word `namespace` of a rung's solution. The tests include it: what stands in an unnamed namespace would
/// hide from them what they call.
void SourceNorm::opened_namespace() {
  if (at_ + 1 == tokens_.size() || (at_ > 0 && tokens_[at_ - 1].text == "using")) return;
  const SourceToken& name = tokens_[at_ + 1];
  if (name.text == "{" || name.text == "[" || name.text == "<:" || name.text == "<%")
    refuse("namespace {", "is shared with the tests, which include this file: use a named one in mini",
           name.line);
  if (name.text == "std")
    refuse("namespace std", "changes what the standard library means to the tests", name.line);
}

}  // namespace

std::vector<NormFinding> check_source(Text source, const NormRules& rules, const Headers& headers) {
  std::vector<NormFinding> findings = SourceNorm(source, rules, headers).run();
  if (const std::size_t line = line_of_control_character(source))
    findings.push_back({"a control character", "is no part of a source file: remove it", line});
  return findings;
}

void find_lines(std::vector<NormFinding>& findings, Text source) {
  const Tokens tokens = source_tokens(source);
  for (NormFinding& finding : findings) {
    // The last part of a name that the source has: "join" of std::thread::join, or else "thread".
    for (std::size_t end = finding.symbol.size(); finding.line == 0 && end != 0;) {
      const std::size_t colons = finding.symbol.rfind("::", end - 1);
      const std::size_t begin = colons == std::string::npos ? 0 : colons + 2;
      const Text part = Text(finding.symbol).substr(begin, end - begin);
      const auto found = std::ranges::find_if(tokens, [part](const SourceToken& token) {
        return token.kind == Kind::word && token.text == part;
      });
      if (found != tokens.end() && part != "std" && part != "corokit") finding.line = found->line;
      end = colons == std::string::npos ? 0 : colons;
    }
  }
}

}  // namespace corokit::moulinette
