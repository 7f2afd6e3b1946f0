#include "exercise/norm_rules.hpp"

#include "exercise/schema.hpp"

#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

void append_rules(std::vector<NameRules::Rule>& rules, const Json& json) {
  for (const Json& entry : json.at("refused")) {
    for (const Json& name : entry.at("names")) rules.push_back({name, entry.at("why")});
  }
  for (const Json& name : json.at("allowed")) rules.push_back({name, ""});
}

NameRules parse_rules(const Json& json) {
  NameRules rules{.rules = {}, .otherwise = json.at("otherwise")};
  append_rules(rules.rules, json);
  return rules;
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

NormRules parse_norm(const Json& norm, const Json& of_exercise, bool is_rung) {
  NormRules rules{.symbols = {.rules = {}, .otherwise = norm.at("symbols").at("otherwise")},
                  .words = parse_rules(norm.at("words")),
                  .headers = parse_rules(norm.at("headers")),
                  .pragmas = parse_rules(norm.at("pragmas")),
                  .macros = {}};
  append_rules(rules.symbols.rules, of_exercise);
  if (is_rung) {
    const Json& rungs = norm.at("rungs");
    append_rules(rules.symbols.rules, rungs.at("symbols"));
    std::vector<NameRules::Rule> words;
    append_rules(words, rungs.at("words"));
    rules.words.rules.insert(rules.words.rules.begin(), words.begin(), words.end());
    rules.macros = rungs.at("macros");
  }
  append_rules(rules.symbols.rules, norm.at("symbols"));
  return rules;
}

NormRules load_norm(const Json& of_exercise, bool is_rung) {
  const Json norm = read_json(std::filesystem::path(COROKIT_SCHEMAS) / "norm.json");
  require_valid(norm, "norm.json");
  return parse_norm(norm, of_exercise, is_rung);
}

}  // namespace corokit::moulinette
