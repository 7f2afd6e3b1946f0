#include "exercise/norm_rules.hpp"

#include "exercise/schema.hpp"
#include "output/text_table.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

/// The names of rules that an exercise allows.
using Allowed = std::set<std::string>;

/// The names of an allowed rule are allowed.
void append_rules(std::vector<NameRules::Rule>& rules, const Json& json, const Allowed& allowed) {
  for (const Json& entry : json.at("refused")) {
    const std::string rule = entry.value("rule", "exercise");
    const std::string why = allowed.contains(rule) ? "" : entry.at("why").get<std::string>();
    for (const Json& name : entry.at("names"))
      rules.push_back({name, why, rule, entry.value("replacement", "")});
  }
  for (const Json& name : json.at("allowed"))
    if (!allowed.contains(name)) rules.push_back({name, ""});
}

NameRules parse_rules(const Json& json, const std::string& rule, const Allowed& allowed) {
  NameRules rules{.rules = {}, .otherwise = json.at("otherwise"), .otherwise_rule = rule};
  append_rules(rules.rules, json, allowed);
  return rules;
}

NormRule rule_of(const Json& rule) {
  return {rule.at("name"), rule.at("what"), rule.value("why", ""), rule.value("replacement", "")};
}

Json norm_document(const char* file) {
  Json document = read_json(std::filesystem::path(COROKIT_SCHEMAS) / file);
  require_valid(document, file);
  return document;
}

/// Returns: the rules among what an exercise allows, with those that "blocking" stands for.
Allowed allowed_rules(const Json& norm, const Json& of_exercise) {
  Allowed allowed;
  for (const Json& rule : norm.value("rules", Json::array())) {
    const Json& names = of_exercise.at("allowed");
    if (std::ranges::find(names, rule.at("name")) != names.end()) allowed.insert(rule.at("name"));
  }
  const std::string blocking = of_exercise.value("blocking", "refused");
  if (blocking != "refused") allowed.insert("locks");
  if (blocking == "allowed") allowed.insert("blocking");
  return allowed;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last * of the pattern so far
  std::size_t taken = 0;                      // where the text behind that * begins
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

const NameRules::Rule* NameRules::find(const std::vector<std::string>& spellings) const noexcept {
  for (const Rule& rule : rules) {
    for (const std::string& spelling : spellings) {
      if (matches(rule.pattern, spelling)) return &rule;
    }
  }
  return nullptr;
}

const std::string& NameRules::why_refused(const std::vector<std::string>& spellings) const noexcept {
  const Rule* rule = find(spellings);
  return rule ? rule->why : otherwise;
}

const NormRule* NormRules::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(all, name, &NormRule::name);
  return found == all.end() ? nullptr : &*found;
}

NormRules parse_norm(const Json& norm, const Json& of_exercise, bool is_rung) {
  const Allowed allowed = allowed_rules(norm, of_exercise);
  Allowed in_source =
      allowed;  // an object file of a rung has the tests in it: what it may refer to is listed
  if (is_rung) in_source.insert(norm.at("rungs").at("rules").begin(), norm.at("rungs").at("rules").end());
  NormRules rules{
      .all = {},
      .names = {},
      .symbols = {.rules = {}, .otherwise = norm.at("symbols").at("otherwise"), .otherwise_rule = "unknown"},
      .words = parse_rules(norm.at("words"), "reserved_words", in_source),
      .headers = parse_rules(norm.at("headers"), "headers", allowed),
      .pragmas = parse_rules(norm.at("pragmas"), "pragmas", allowed),
      .macros = {}};
  for (const Json& rule : norm.value("rules", Json::array())) {
    if (!in_source.contains(rule.at("name"))) rules.all.push_back(rule_of(rule));
  }
  append_rules(rules.symbols.rules, of_exercise, allowed);
  append_rules(rules.names.rules, of_exercise, in_source);
  if (norm.contains("names")) append_rules(rules.names.rules, norm.at("names"), in_source);
  if (is_rung) {
    const Json& rungs = norm.at("rungs");
    append_rules(rules.symbols.rules, rungs.at("symbols"), {});
    std::vector<NameRules::Rule> words;
    append_rules(words, rungs.at("words"), {});
    rules.words.rules.insert(rules.words.rules.begin(), words.begin(), words.end());
    rules.macros = rungs.at("macros");
  }
  append_rules(rules.symbols.rules, norm.at("symbols"), allowed);
  return rules;
}

NormRules load_norm(const Json& of_exercise, bool is_rung) {
  return parse_norm(norm_document("norm.json"), of_exercise, is_rung);
}

NormRule find_norm_rule(std::string_view name) {
  static const Json rules = norm_document("norm.json").at("rules");
  for (const Json& rule : rules)
    if (rule.at("name") == name) return rule_of(rule);
  return {};
}

std::string norm_in_french(const std::string& english) {
  static const Json words = norm_document("norm.fr.json").at("words");
  static const std::vector<TextPair> table = [] {
    std::vector<TextPair> pairs;
    for (const auto& [text, french] : words.items())
      pairs.emplace_back(text, french.get_ref<const std::string&>());
    return pairs;
  }();
  return said_in_french(table, english);
}

}  // namespace corokit::moulinette
