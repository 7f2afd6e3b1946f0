#include "norm/constructs.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace corokit::moulinette {
namespace {

using Text = std::string_view;
using Kind = SourceToken::Kind;

class Constructs {
 public:
  Constructs(const std::vector<SourceToken>& tokens, const NormRules& rules)
      : tokens_(tokens), rules_(rules) {}

  std::vector<NormFinding> run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      follow_attribute();
      if (tokens_[at_].kind == Kind::word) word();
    }
    return std::move(findings_);
  }

 private:
  Text text(std::size_t at) const { return at < tokens_.size() ? Text(tokens_[at].text) : Text(); }
  Text before() const { return at_ == 0 ? Text() : Text(tokens_[at_ - 1].text); }
  void word();
  void named();
  void follow_attribute();
  void refuse(Text rule) {
    if (const NormRule* found = rules_.find(rule))
      refuse(tokens_[at_].text,
             {.pattern = {}, .why = found->why, .rule = found->name, .replacement = found->replacement});
  }
  void refuse(std::string name, const NameRules::Rule& rule) {
    findings_.push_back({.symbol = std::move(name),
                         .why = rule.why,
                         .line = tokens_[at_].line,
                         .column = tokens_[at_].column,
                         .rule = rule.rule,
                         .replacement = rule.replacement});
  }

  const std::vector<SourceToken>& tokens_;
  const NormRules& rules_;
  std::size_t at_ = 0;
  Text attribute_ends_;    // "]" or ")" inside of an attribute
  std::size_t depth_ = 0;  // of brackets in it
  std::vector<NormFinding> findings_;
};

/// Notes where an attribute begins and ends: `[[…]]`, `__attribute__((…))`.
void Constructs::follow_attribute() {
  if (depth_ == 0) {
    const bool is_standard = text(at_) == "[" && text(at_ + 1) == "[";
    const bool is_old = text(at_) == "(" && before().starts_with("__attribute");
    if (!is_standard && !is_old) return;
    attribute_ends_ = is_standard ? "]" : ")";
  }
  const Text opens = attribute_ends_ == "]" ? "[" : "(";
  if (text(at_) == opens) ++depth_;
  if (text(at_) == attribute_ends_) --depth_;
}

void Constructs::word() {
  const Text word = text(at_);
  constexpr std::array<Text, 4> kBeforeMain{"constructor", "destructor", "init_priority", "section"};
  constexpr std::array<Text, 6> kAttributes{"ifunc",    "alias",  "weakref",
                                            "optimize", "target", "target_clones"};
  if (word == "reinterpret_cast" || word == "const_cast") return refuse(word);
  if (word == "new" && before() != "operator" && before() != "define" && before() != "undef")
    return refuse("raw_new");
  if (word == "delete" && before() != "operator" && before() != "=" && before() != "define" &&
      before() != "undef")
    return refuse("raw_new");
  if (depth_ > 0 && std::ranges::find(kBeforeMain, word) != kBeforeMain.end()) return refuse("before_main");
  const bool is_known = std::ranges::find(kAttributes, word) != kAttributes.end();
  if (depth_ > 0 && (is_known || word.starts_with("no_sanitize"))) return refuse("attributes");
  if (word == "std" || word == "corokit") named();
}

/// Called at the first word of a name: the longest part of it that a rule is about decides.
void Constructs::named() {
  if (before() == "namespace" || before() == ".") return;
  std::vector<std::string> names{tokens_[at_].text};
  for (std::size_t i = at_ + 1; text(i) == ":" && text(i + 1) == ":"; i += 3) {
    if (i + 2 >= tokens_.size() || tokens_[i + 2].kind != Kind::word) break;
    names.push_back(names.back() + "::" + tokens_[i + 2].text);
  }
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const NameRules::Rule* rule = rules_.names.find({*name});
    if (rule && !rule->why.empty()) return refuse(*name, *rule);
    if (rule) return;
  }
}

}  // namespace

std::vector<NormFinding> check_constructs(const std::vector<SourceToken>& tokens, const NormRules& rules) {
  return Constructs(tokens, rules).run();
}

}  // namespace corokit::moulinette
