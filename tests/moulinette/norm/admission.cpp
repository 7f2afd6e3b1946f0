#include "norm/admission.hpp"

#include "norm/headers.hpp"
#include "norm/machine_code.hpp"
#include "norm/source.hpp"

#include <fstream>
#include <iterator>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

void append(std::vector<NormFinding>& findings, std::vector<NormFinding> more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Finds a file that the compiler read and a solution must not read. One is enough: it may include many more.
std::vector<NormFinding> check_dependencies(const Compiled& compiled, const Headers& headers,
                                            const NameRules& rules) {
  for (const fs::path& file : parse_dependencies(read(compiled.dependencies))) {
    if (file != compiled.copy && !headers.allows(file)) return {{file.string(), rules.otherwise}};
  }
  return {};
}

}  // namespace

std::vector<NormFinding> check_object(const fs::path& object, const Manifest& manifest,
                                      const NormRules& rules, const Interrupt& interrupt) {
  const std::vector<Symbol> symbols = read_symbols(object);
  const Definitions others(manifest.link);
  std::vector<NormFinding> findings = check_references(symbols, rules.symbols, others);
  append(findings, check_definitions(symbols, others));
  append(findings, check_machine_code(object, manifest.sanitized, interrupt));
  return findings;
}

namespace {

Admission admit_to_rung(const fs::path& source, const Manifest& manifest, const Spec& spec, bool colour,
                        const fs::path& folder, const Interrupt& interrupt) {
  Admission admission{.compiled = copy_submission(source, folder, spec), .norm = {}};
  Compiled& compiled = admission.compiled;
  const std::string text = read(compiled.copy);
  admission.norm = check_source(text, spec.norm, Headers(manifest, spec.norm.headers, spec.exercise));
  if (!admission.norm.empty()) return admission;
  for (const fs::path& test : manifest.tests) {
    if (!compile_rung(compiled, test, manifest, spec.limits, colour, interrupt)) return admission;
    const std::vector<Symbol> symbols = read_symbols(object_of(compiled, test));
    append(admission.norm, check_references(symbols, spec.norm.symbols, {}));
    append(admission.norm, check_definitions_in_rung(symbols));
  }
  find_lines(admission.norm, text);
  if (admission.norm.empty()) link_rung(compiled, manifest, spec.limits, interrupt);
  return admission;
}

}  // namespace

Admission admit(const fs::path& source, const Manifest& manifest, const Spec& spec, bool colour,
                const fs::path& folder, const Interrupt& interrupt) {
  if (spec.is_rung) return admit_to_rung(source, manifest, spec, colour, folder, interrupt);
  Admission admission{.compiled = copy_submission(source, folder), .norm = {}};
  Compiled& compiled = admission.compiled;
  const Headers headers(manifest, spec.norm.headers);
  const std::string text = read(compiled.copy);
  admission.norm = check_source(text, spec.norm, headers);
  if (!admission.norm.empty() || !compile(compiled, manifest, spec.limits, colour, interrupt))
    return admission;
  append(admission.norm, check_dependencies(compiled, headers, spec.norm.headers));
  append(admission.norm, check_object(compiled.object, manifest, spec.norm, interrupt));
  find_lines(admission.norm, text);
  if (admission.norm.empty()) link(compiled, manifest, spec.limits, interrupt);
  return admission;
}

}  // namespace corokit::moulinette
