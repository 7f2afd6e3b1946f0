#include "norm/norm.hpp"

#include "norm/plain_name.hpp"

#include <algorithm>
#include <array>

namespace corokit::moulinette {
namespace {

constexpr const char* kTakesThePlace =
    "takes the place of a function that the program uses: give it a name of your own";

bool is_mangled(const std::string& name) noexcept {
  return name.starts_with("_Z");
}

/// Whether the symbol says what a type is, for exceptions and dynamic_cast: "_ZTIi" is that of int.
bool is_type(const std::string& name) noexcept {
  return name.starts_with("_ZTI") || name.starts_with("_ZTS");
}

/// Adds a finding, unless there is one for this reason.
void add(std::vector<NormFinding>& findings, std::string symbol, const std::string& why) {
  if (std::ranges::find(findings, why, &NormFinding::why) == findings.end())
    findings.push_back({std::move(symbol), why});
}

/// C symbols that compilers define in any object file.
bool is_made_by_compiler(const std::string& name) {
  constexpr std::array<std::string_view, 6> kMade{
      "__clang_call_terminate", "DW.ref.*",          "__odr_asan*", "___asan_*",
      "__x86.get_pc_thunk*",    "__*_chk_fail_local"};
  return std::ranges::any_of(kMade, [&name](std::string_view made) { return matches(made, name); });
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

std::vector<NormFinding> check_references(const std::vector<Symbol>& symbols, const NameRules& rules,
                                          const Definitions& others) {
  std::vector<NormFinding> findings;
  for (const Symbol& symbol : symbols) {
    if (symbol.is_defined || symbol.name.empty()) continue;
    const std::string name = symbol.name.substr(0, symbol.name.find('@'));  // the name without its version
    const std::string readable = demangled(name);
    const std::string plain = plain_name(readable);
    const NameRules::Rule* rule = rules.find({plain});
    const bool is_harmless = is_type(name) || (is_mangled(name) && !others.has(name));
    if (rule ? rule->why.empty() : is_harmless) continue;
    add(findings, is_mangled(name) ? plain : name, rule ? rule->why : rules.otherwise);
  }
  return findings;
}

std::vector<NormFinding> check_definitions(const std::vector<Symbol>& symbols, const Definitions& others) {
  std::vector<NormFinding> findings;
  for (const Symbol& symbol : symbols) {
    if (!symbol.is_defined) continue;
    const std::string name = symbol.name.substr(0, symbol.name.find('@'));
    const std::string readable = demangled(name);
    const std::string plain = plain_name(readable);
    if (symbol.is_chosen_at_start) {
      findings.push_back({plain, "runs a function before the program begins: define it as a plain function"});
    } else if (plain.starts_with("corokit::specified::")) {
      findings.push_back({plain, "belongs to the tests"});
    } else if (is_mangled(name)) {
      if (!is_own_cpp_name(symbol, name, readable, others)) findings.push_back({plain, kTakesThePlace});
    } else if (!is_made_by_compiler(name) && !is_own_c_name(name, others)) {
      findings.push_back({name, kTakesThePlace});
    }
  }
  return findings;
}

std::vector<NormFinding> check_definitions_in_rung(const std::vector<Symbol>& symbols) {
  std::vector<NormFinding> findings;
  for (const Symbol& symbol : symbols) {
    if (!symbol.is_defined || (symbol.is_weak && !symbol.is_chosen_at_start)) continue;
    const std::string name = symbol.name.substr(0, symbol.name.find('@'));
    if (symbol.is_chosen_at_start || Definitions::is_in_library(name))
      findings.push_back({plain_name(demangled(name)), kTakesThePlace});
  }
  return findings;
}

}  // namespace corokit::moulinette
