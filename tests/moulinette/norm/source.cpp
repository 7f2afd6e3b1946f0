#include "norm/source.hpp"

#include "norm/constructs.hpp"
#include "running/printable.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <ranges>
#include <set>
#include <string>
#include <vector>

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
    add_findings(findings_, check_constructs(tokens_, rules_));
    return std::move(findings_);
  }

 private:
  void directive();
  void header(const SourceToken& token);
  void word(const SourceToken& token);
  void opened_namespace();
  void pasting();
  bool can_be_pasted(Text word) const;
  void asked(Text directive, const SourceToken& token);
  void defined(const SourceToken& name);
  std::size_t end_of_line(std::size_t from) const;
  std::string text_of(std::size_t first, std::size_t end) const;
  void refuse(const SourceToken& at, std::string what, const NameRules::Rule& rule) {
    const auto same = [&](const NormFinding& known) { return known.symbol == what; };
    if (std::ranges::any_of(findings_, same)) return;
    findings_.push_back({.symbol = std::move(what),
                         .why = rule.why,
                         .line = at.line,
                         .column = at.column,
                         .rule = rule.rule,
                         .replacement = rule.replacement});
  }
  void refuse(const SourceToken& at, std::string what, const char* rule, const char* why,
              const char* replacement = "") {
    refuse(at, std::move(what), {.pattern = {}, .why = why, .rule = rule, .replacement = replacement});
  }
  /// By the rules for names of one kind, if they do not allow it.
  void refuse_by(const NameRules& rules, const SourceToken& at, std::string what, const std::string& name) {
    const NameRules::Rule* rule = rules.find({name});
    if (rule && rule->why.empty()) return;
    refuse(at, std::move(what),
           rule ? *rule : NameRules::Rule{{}, rules.otherwise, rules.otherwise_rule, {}});
  }

  const NormRules& rules_;
  const Headers& headers_;
  const Tokens tokens_;
  std::size_t at_ = 0;
  std::set<std::string, std::less<>> words_;
  const SourceToken* pasting_at_ = nullptr;
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
    return refuse(name, "#" + name.text, "directives", "says something else than it seems to",
                  "write what it stands for");
  if (name.text == "include" && (first + 1 == end || tokens_[first + 1].kind != Kind::header))
    refuse(name, "#include " + text_of(first + 1, end), "directives", "hides which header it names",
           "spell the name");
  if (name.text == "pragma") {
    const std::string text = text_of(first + 1, end);
    refuse_by(rules_.pragmas, name, "#pragma " + text, text);
  }
  if (name.text == "define" && !rules_.macros.empty()) {
    const std::size_t colon = rules_.macros.find(": ");
    refuse(name, "#" + text_of(first, std::min(end, first + 2)),
           {{},
            rules_.macros.substr(0, colon),
            "macros",
            rules_.macros.substr(std::min(colon, rules_.macros.size() - 2) + 2)});
  }
  if (name.text == "define" && first + 1 < end) defined(tokens_[first + 1]);
  for (std::size_t i = first + (name.text == "define" ? 2 : 1); i < end; ++i) asked(name.text, tokens_[i]);
  for (std::size_t i = first; i + 1 < end; ++i)
    if (tokens_[i].text == "#" && tokens_[i + 1].text == "#") pasting_at_ = &tokens_[i];
}

/// What a compiler says of itself may not decide what it reads: we read with another one.
void SourceNorm::asked(Text directive, const SourceToken& token) {
  constexpr std::array<Text, 10> kSame{
      "__VA_ARGS__",  "__VA_OPT__",          "__FILE__",    "__LINE__",      "__func__",
      "__FUNCTION__", "__PRETTY_FUNCTION__", "__COUNTER__", "__has_include", "__cplusplus"};
  const std::string& word = token.text;
  const bool is_reserved =
      word.size() > 1 && word[0] == '_' && (word[1] == '_' || (word[1] >= 'A' && word[1] <= 'Z'));
  if (token.kind != Kind::word || !is_reserved || std::ranges::find(kSame, Text(word)) != kSame.end()) return;
  const bool is_of_compiler =
      word.ends_with("__") || word.starts_with("__cpp_") || word.starts_with("__has_");
  if (directive.find("if") != Text::npos || (directive == "define" && is_of_compiler))
    refuse(token, word, "reserved_words", "makes different compilers read different programs",
           "write one that all of them read");
}

/// A macro with the name of a keyword, or with a reserved one, changes what headers mean.
void SourceNorm::defined(const SourceToken& name) {
  constexpr std::array<Text, 8> kSwitches{"_GNU_SOURCE",    "_DEFAULT_SOURCE",   "_POSIX_C_SOURCE",
                                          "_XOPEN_SOURCE",  "_USE_MATH_DEFINES", "_GLIBCXX_ASSERTIONS",
                                          "_GLIBCXX_DEBUG", "_LIBCPP_DEBUG"};
  constexpr std::array<Text, 95> kKeywords{
      "alignas",      "alignof",      "and",           "and_eq",
      "asm",          "auto",         "bitand",        "bitor",
      "bool",         "break",        "case",          "catch",
      "char",         "char8_t",      "char16_t",      "char32_t",
      "class",        "co_await",     "co_return",     "co_yield",
      "compl",        "concept",      "const",         "const_cast",
      "consteval",    "constexpr",    "constinit",     "continue",
      "decltype",     "default",      "delete",        "do",
      "double",       "dynamic_cast", "else",          "enum",
      "explicit",     "extern",       "false",         "final",
      "float",        "for",          "friend",        "goto",
      "if",           "inline",       "int",           "long",
      "mutable",      "namespace",    "new",           "noexcept",
      "not",          "not_eq",       "nullptr",       "operator",
      "or",           "or_eq",        "override",      "private",
      "protected",    "public",       "register",      "reinterpret_cast",
      "requires",     "return",       "short",         "signed",
      "sizeof",       "static",       "static_assert", "static_cast",
      "struct",       "switch",       "template",      "this",
      "thread_local", "throw",        "true",          "try",
      "typedef",      "typeid",       "typename",      "union",
      "unsigned",     "using",        "virtual",       "void",
      "volatile",     "wchar_t",      "while",         "xor",
      "xor_eq",       "import",       "module"};
  if (std::ranges::find(kSwitches, name.text) != kSwitches.end()) return;
  const bool is_reserved =
      name.text.size() > 1 && name.text[0] == '_' &&
      (name.text[1] == '_' || std::isupper(static_cast<unsigned char>(name.text[1])) != 0);
  if (is_reserved || std::ranges::find(kKeywords, name.text) != kKeywords.end())
    refuse(name, "#define " + name.text, "macros", "changes what headers mean", "use a name of your own");
}

/// Whether pasting words can make this one. Each beginning of it is looked at once: words that are parts of one another
/// make it in more ways than can be tried.
bool SourceNorm::can_be_pasted(Text word) const {
  std::vector<bool> is_made(word.size() + 1);  // whether words make the first characters, by their number
  is_made[0] = true;
  for (std::size_t begin = 0; begin < word.size(); ++begin) {
    for (std::size_t end = begin + 1; is_made[begin] && end <= word.size(); ++end)
      is_made[end] = is_made[end] || words_.contains(word.substr(begin, end - begin));
  }
  return is_made.back();
}

/// A refused word may not stand in the source, nor be pasted of words that do: `as` and `m`. What is pasted begins with
/// two underscores only if it begins with a word that is one.
void SourceNorm::pasting() {
  if (!pasting_at_) return;
  const auto is_made = [this](const NameRules::Rule& rule) {
    return !rule.why.empty() && can_be_pasted(rule.pattern);
  };
  if (words_.contains("_") || std::ranges::any_of(rules_.words.rules, is_made))
    refuse(*pasting_at_, "##", "pasting", "could make a word that is refused", "write the names out");
}

void SourceNorm::header(const SourceToken& token) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || Text("_./+-").find(c) != Text::npos;
  };
  const bool is_whole = token.text.size() > 2 && (token.text.back() == '>' || token.text.back() == '"');
  const Text name = is_whole ? Text(token.text).substr(1, token.text.size() - 2) : Text();
  if (name.empty() || !std::ranges::all_of(name, is_plain))
    return refuse(token, token.text, "headers", "is no name of a header");
  const bool is_asked = at_ > 0 && tokens_[at_ - 1].text == "(";  // __has_include() opens no file
  const std::string why = is_asked ? "" : headers_.why_refused(name);
  if (!why.empty()) refuse(token, std::string(name), "headers", why.c_str());
}

void SourceNorm::word(const SourceToken& token) {
  words_.insert(token.text);
  // A stray byte before R"( makes it a raw literal to a compiler, and to us a part of a word.
  if (printable(token.text) != token.text)
    refuse(token, "a byte that is no UTF-8", "characters", "is no part of a source file", "remove it");
  if (rules_.words.find({token.text}) || token.text.starts_with("__"))
    refuse_by(rules_.words, token, token.text, token.text);
}

/// Called at the word `namespace` of a rung's solution. The tests include it: what stands in an unnamed namespace would
/// hide from them what they call.
void SourceNorm::opened_namespace() {
  if (at_ + 1 == tokens_.size() || (at_ > 0 && tokens_[at_ - 1].text == "using")) return;
  const SourceToken& name = tokens_[at_ + 1];
  if (name.text == "{" || name.text == "[" || name.text == "<:" || name.text == "<%")
    refuse(name, "namespace {", "tests", "is shared with the tests, which include this file",
           "use a named one in mini");
  if (name.text == "std")
    refuse(name, "namespace std", "tests", "changes what the standard library means to the tests");
}

}  // namespace

std::vector<NormFinding> check_source(Text source, const NormRules& rules, const Headers& headers) {
  std::vector<NormFinding> findings = SourceNorm(source, rules, headers).run();
  if (const std::size_t line = line_of_control_character(source))
    findings.push_back({.symbol = "a control character",
                        .why = "is no part of a source file",
                        .line = line,
                        .rule = "characters",
                        .replacement = "remove it"});
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
      if (found != tokens.end() && part != "std" && part != "corokit") {
        finding.line = found->line;
        finding.column = found->column;
      }
      end = colons == std::string::npos ? 0 : colons;
    }
  }
}

}  // namespace corokit::moulinette
