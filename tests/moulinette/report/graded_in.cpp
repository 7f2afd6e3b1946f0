#include "report/graded_in.hpp"

#include "exercise/norm_rules.hpp"
#include "running/run_messages.hpp"

namespace corokit::moulinette {
namespace {

void translate(TestResult& result, const Spec& spec) {
  TestRun& run = result.run;
  if (const TestSpec* known = spec.find(result.test.name)) result.test = *known;
  run.message = run_message_in_french(run.message);
  run.coverage = run_message_in_french(run.coverage);
}

}  // namespace

Graded graded_in(Language language, Graded graded, const Spec& spec) {
  if (language == Language::english) return graded;
  for (TestResult& result : graded.tests) translate(result, spec);
  for (NormFinding& finding : graded.norm.findings)
    for (std::string* text : {&finding.symbol, &finding.why, &finding.replacement})
      *text = norm_in_french(*text);
  graded.norm.note = norm_in_french(graded.norm.note);
  graded.compiler = run_message_in_french(graded.compiler);
  for (SecondLook& look : graded.second_looks) look.message = run_message_in_french(look.message);
  return graded;
}

}  // namespace corokit::moulinette
