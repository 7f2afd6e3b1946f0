#include "norm/norm.hpp"

#include "norm/plain_name.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

namespace corokit::moulinette {
namespace {

constexpr const char* kTakesThePlace = "takes the place of a function that the program uses";
constexpr const char* kOwnName = "give it a name of your own";
constexpr const char* kUnknown = "unknown";  // the rule for names that cannot be told

bool is_mangled(const std::string& name) noexcept {
  return name.starts_with("_Z");
}

/// Whether the symbol says what a type is, for exceptions and dynamic_cast: "_ZTIi" is that of int.
bool is_type(const std::string& name) noexcept {
  return name.starts_with("_ZTI") || name.starts_with("_ZTS");
}

/// Adds a finding, unless there is one for this reason.
void add(std::vector<NormFinding>& findings, NormFinding finding) {
  const auto same = [&finding](const NormFinding& known) {
    return known.why == finding.why && known.replacement == finding.replacement;
  };
  if (std::ranges::none_of(findings, same)) findings.push_back(std::move(finding));
}

NormFinding taken(std::string symbol) {
  return {.symbol = std::move(symbol), .why = kTakesThePlace, .rule = "definitions", .replacement = kOwnName};
}

/// C symbols that compilers define in any object file.
bool is_made_by_compiler(const std::string& name) {
  constexpr std::array<std::string_view, 6> kMade{
      "__clang_call_terminate", "DW.ref.*",          "__odr_asan*", "___asan_*",
      "__x86.get_pc_thunk*",    "__*_chk_fail_local"};
  return std::ranges::any_of(kMade, [&name](std::string_view made) { return matches(made, name); });
}

NormFinding unreadable(const std::string& symbol, std::string rule) {
  return {.symbol = cut_to_line(symbol),
          .why = kNameIsTooLong,
          .rule = std::move(rule),
          .replacement = kNameIsTooLongInstead};
}

/// A symbol without its version, and its readable name unless that is too long.
struct Named {
  const Symbol* symbol;
  std::string name;
  std::optional<std::string> readable;
};

template <class Wanted>
std::vector<Named> named(const std::vector<Symbol>& symbols, const Wanted& wanted) {
  std::vector<const Symbol*> found;
  std::vector<std::string> names;
  for (const Symbol& symbol : symbols) {
    if (!wanted(symbol)) continue;
    found.push_back(&symbol);
    names.push_back(symbol.name.substr(0, symbol.name.find('@')));
  }
  std::vector<std::optional<std::string>> readable = demangled(names);
  std::vector<Named> result;
  for (std::size_t i = 0; i < found.size(); ++i)
    result.push_back({found[i], std::move(names[i]), std::move(readable[i])});
  return result;
}

bool is_own_c_name(const std::string& name, const Definitions& others) {
  return name != "main" && !name.starts_with("__") && !others.has(name);
}

bool is_own_cpp_name(const Symbol& symbol, const std::string& name, const std::string& readable,
                     const Definitions& others) {
  if (!symbol.is_weak) return !others.has(name);
  if (others.has_strong(name)) return false;
  // Inline functions and instantiated templates of the library are in many objects, and all are alike. A solution
  // cannot define one of its own with a reserved name: check_source() refuses the word.
  const bool is_from_header = is_instantiation(readable) || readable.find("::__") != std::string::npos;
  return is_from_header || !Definitions::is_in_library(name);
}

}  // namespace

std::string_view word(NormLevel level) noexcept {
  return level == NormLevel::syntax ? "syntax" : "tokens";
}

void add_findings(std::vector<NormFinding>& findings, std::vector<NormFinding> more) {
  for (NormFinding& finding : more) {
    const auto same = [&finding](const NormFinding& known) {
      return known.rule == finding.rule && known.why == finding.why &&
             known.replacement == finding.replacement && known.line == finding.line;
    };
    if (std::ranges::none_of(findings, same)) findings.push_back(std::move(finding));
  }
}

std::vector<NormFinding> check_references(const std::vector<Symbol>& symbols, const NameRules& rules,
                                          const Definitions& others) {
  const auto refers = [](const Symbol& symbol) { return !symbol.is_defined && !symbol.name.empty(); };
  std::vector<NormFinding> findings;
  for (const auto& [symbol, name, readable] : named(symbols, refers)) {
    if (!readable) {
      add(findings, unreadable(name, rules.otherwise_rule));
      continue;
    }
    const std::string plain = plain_name(*readable);
    const NameRules::Rule* rule = rules.find({plain});
    const bool is_harmless = is_type(name) || (is_mangled(name) && !others.has(name));
    if (rule ? rule->why.empty() : is_harmless) continue;
    add(findings, {.symbol = is_mangled(name) ? plain : name,
                   .why = rule ? rule->why : rules.otherwise,
                   .rule = rule ? rule->rule : rules.otherwise_rule,
                   .replacement = rule ? rule->replacement : ""});
  }
  return findings;
}

std::vector<NormFinding> check_definitions(const std::vector<Symbol>& symbols, const Definitions& others) {
  std::vector<NormFinding> findings;
  for (const auto& [symbol, name, readable] : named(symbols, std::mem_fn(&Symbol::is_defined))) {
    const std::string plain = plain_name(readable.value_or(cut_to_line(name)));
    if (symbol->is_chosen_at_start) {
      findings.push_back({.symbol = plain,
                          .why = "runs a function before the program begins",
                          .rule = "before_main",
                          .replacement = "define it as a plain function"});
    } else if (!readable) {
      add(findings, unreadable(name, kUnknown));
    } else if (plain.starts_with("corokit::specified::")) {
      findings.push_back({.symbol = plain, .why = "belongs to the tests", .rule = "tests"});
    } else if (is_mangled(name)) {
      if (!is_own_cpp_name(*symbol, name, *readable, others)) findings.push_back(taken(plain));
    } else if (!is_made_by_compiler(name) && !is_own_c_name(name, others)) {
      findings.push_back(taken(name));
    }
  }
  return findings;
}

std::vector<NormFinding> check_definitions_in_rung(const std::vector<Symbol>& symbols) {
  const auto takes_place = [](const Symbol& symbol) {
    if (!symbol.is_defined || (symbol.is_weak && !symbol.is_chosen_at_start)) return false;
    return symbol.is_chosen_at_start ||
           Definitions::is_in_library(symbol.name.substr(0, symbol.name.find('@')));
  };
  std::vector<NormFinding> findings;
  for (const auto& [symbol, name, readable] : named(symbols, takes_place))
    findings.push_back(taken(plain_name(readable.value_or(cut_to_line(name)))));
  return findings;
}

}  // namespace corokit::moulinette
