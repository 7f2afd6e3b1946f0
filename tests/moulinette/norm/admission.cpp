#include "norm/admission.hpp"

#include "norm/constructs.hpp"
#include "norm/headers.hpp"
#include "norm/machine_code.hpp"
#include "norm/source.hpp"
#include "norm/syntax.hpp"
#include "whole_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <iterator>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

/// Finds a file that the compiler read and a solution must not read. One is enough: it may include many more.
std::vector<NormFinding> check_dependencies(const Compiled& compiled, const Headers& headers,
                                            const NameRules& rules) {
  for (const fs::path& file : parse_dependencies(read_file(compiled.dependencies))) {
    if (file != compiled.copy && !headers.allows(file))
      return {{.symbol = file.string(), .why = rules.otherwise, .rule = rules.otherwise_rule}};
  }
  return {};
}

}  // namespace

std::vector<NormFinding> check_object(const fs::path& object, const Manifest& manifest,
                                      const NormRules& rules, const Interrupt& interrupt) {
  const std::vector<Symbol> symbols = read_symbols(object);
  const Definitions others(manifest.link);
  std::vector<NormFinding> findings = check_references(symbols, rules.symbols, others);
  const auto append = [&findings](std::vector<NormFinding> more) {
    findings.insert(findings.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
  };
  append(check_definitions(symbols, others));
  append(check_machine_code(object, manifest.sanitized, interrupt));
  if (!manifest.sanitized) append(check_start(object, symbols, rules));
  return findings;
}

std::vector<NormFinding> check_rung_object(const fs::path& object, const NormRules& rules,
                                           const Interrupt& interrupt) {
  constexpr bool kSanitized = true;  // a rung is compiled with the hooks of a sanitizer, for the explorer
  const std::vector<Symbol> symbols = read_symbols(object);
  std::vector<NormFinding> findings = check_references(symbols, rules.symbols, {});
  for (NormFinding& finding : check_definitions_in_rung(symbols)) findings.push_back(std::move(finding));
  for (NormFinding& finding : check_machine_code(object, kSanitized, interrupt))
    findings.push_back(std::move(finding));
  return findings;
}

namespace {

constexpr const char* kRefusedBefore = "What it does was not read, since it is refused for what it says.";

/// What is found in an object file has no column, and often was found in the source.
void add_of_object(NormRead& norm, std::vector<NormFinding> more, const std::string& text) {
  find_lines(more, text);
  for (NormFinding& finding : more) {
    const auto same = [&finding](const NormFinding& known) {
      return known.rule == finding.rule && known.replacement == finding.replacement;
    };
    if (std::ranges::none_of(norm.findings, same)) norm.findings.push_back(std::move(finding));
  }
}

/// The reader of syntax, at work while something else goes on.
class SyntaxReader {
 public:
  SyntaxReader(const Compiled& compiled, const std::vector<fs::path>& folders, const Manifest& manifest,
               const Spec& spec, const Interrupt& interrupt)
      : read_(std::async(std::launch::async, [=, &manifest, &spec, &interrupt, source = compiled.copy,
                                              box = compiled.executable.parent_path()] {
          return check_syntax(source, manifest, spec.norm, spec.limits, folders, interrupt, box);
        })) {}

  NormRead read() { return read_.get(); }

 private:
  std::future<NormRead> read_;
};

/// Reads the text. Returns: whether it goes on.
bool check_text(Admission& admission, const std::string& text, const NormRules& rules,
                const Headers& headers) {
  admission.norm.findings = check_source(text, rules, headers);
  if (!admission.norm.findings.empty()) admission.norm.note = kRefusedBefore;
  return admission.norm.findings.empty();
}

void name_file(Admission& admission) {
  for (NormFinding& finding : admission.norm.findings) finding.file = admission.compiled.original.string();
}

/// The tests of the sandbox hand in what is refused otherwise. The report says that the norm was off.
bool is_switched_off() {
  return std::getenv("COROKIT_NORM_IS_OFF") != nullptr;
}

/// What is left of the way of a submission if nothing is refused.
void admit_anything(Admission& admission, const Manifest& manifest, const Spec& spec, bool colour,
                    const Interrupt& interrupt) {
  admission.norm.note = "The norm is switched off by COROKIT_NORM_IS_OFF: nothing is refused.";
  Compiled& compiled = admission.compiled;
  if (!spec.is_rung) {
    if (compile(compiled, manifest, spec.limits, colour, interrupt))
      link(compiled, manifest, spec.limits, interrupt);
    return;
  }
  for (const fs::path& test : manifest.tests)
    if (!compile_rung(compiled, test, manifest, spec.limits, colour, interrupt)) return;
  link_rung(compiled, manifest, spec.limits, interrupt);
}

void admit_to_rung(Admission& admission, const Manifest& manifest, const Spec& spec, bool colour,
                   const Interrupt& interrupt) {
  Compiled& compiled = admission.compiled;
  const std::string text = read_file(compiled.copy);
  if (!check_text(admission, text, spec.norm, Headers(manifest, spec.norm.headers, spec.exercise))) return;
  SyntaxReader syntax(compiled, {compiled.executable.parent_path()}, manifest, spec, interrupt);
  std::vector<NormFinding> of_objects;
  for (const fs::path& test : manifest.tests) {
    if (!compile_rung(compiled, test, manifest, spec.limits, colour, interrupt)) return;
    add_findings(of_objects, check_rung_object(object_of(compiled, test), spec.norm, interrupt));
  }
  admission.norm = syntax.read();
  add_of_object(admission.norm, std::move(of_objects), text);
  if (admission.norm.findings.empty()) link_rung(compiled, manifest, spec.limits, interrupt);
}

void admit_alone(Admission& admission, const Manifest& manifest, const Spec& spec, bool colour,
                 const Interrupt& interrupt) {
  Compiled& compiled = admission.compiled;
  const Headers headers(manifest, spec.norm.headers);
  const std::string text = read_file(compiled.copy);
  if (!check_text(admission, text, spec.norm, headers)) return;
  SyntaxReader syntax(compiled, {}, manifest, spec, interrupt);
  if (!compile(compiled, manifest, spec.limits, colour, interrupt)) return;
  admission.norm = syntax.read();
  add_findings(admission.norm.findings, check_dependencies(compiled, headers, spec.norm.headers));
  add_of_object(admission.norm, check_object(compiled.object, manifest, spec.norm, interrupt), text);
  if (admission.norm.findings.empty()) link(compiled, manifest, spec.limits, interrupt);
}

}  // namespace

NormRead check_built(const fs::path& source, const fs::path& object, const Manifest& manifest,
                     const Spec& spec, const Interrupt& interrupt) {
  NormRead norm = check_syntax(source, manifest, spec.norm, spec.limits, {source.parent_path()}, interrupt);
  const std::string text = read_file(source);
  add_findings(norm.findings, check_constructs(source_tokens(text), spec.norm));
  if (!object.empty()) add_of_object(norm, check_object(object, manifest, spec.norm, interrupt), text);
  return norm;
}

Admission admit(const fs::path& source, const Manifest& manifest, const Spec& spec, bool colour,
                const fs::path& folder, const Interrupt& interrupt) {
  Admission admission{
      .compiled = spec.is_rung ? copy_submission(source, folder, spec) : copy_submission(source, folder),
      .norm = {}};
  const auto way = is_switched_off() ? admit_anything : spec.is_rung ? admit_to_rung : admit_alone;
  way(admission, manifest, spec, colour, interrupt);
  name_file(admission);
  return admission;
}

}  // namespace corokit::moulinette
