#include "class/file_grader.hpp"

#include "class/digest.hpp"
#include "class/plain_names.hpp"
#include "error.hpp"
#include "norm/headers.hpp"
#include "report/json_report.hpp"
#include "running/rung_run.hpp"
#include "sandbox/sandbox.hpp"
#include "verdict/verdict.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <optional>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// What a graded hand-in says of the norm.
constexpr std::array kOfNorm{"norm", "norm_level", "norm_note"};

Outcome outcome_of(const std::string& name) {
  for (const Outcome outcome : {Outcome::passed, Outcome::failed, Outcome::crashed, Outcome::hung,
                                Outcome::exited_early, Outcome::did_not_compile, Outcome::refused})
    if (word(outcome) == name) return outcome;
  return Outcome::interrupted;
}

/// A verdict in which nothing but the points is known of the tests.
Graded bare_verdict(const Spec& spec, const Json& compiled, const std::vector<Json>& tests) {
  const std::string kind = compiled.at("kind");
  if (kind == "not_compiled") return not_compiled(spec, spec.file, compiled.at("message"));
  if (kind == "refused") {
    NormRead norm;
    for (const Json& finding : compiled.at("norm"))
      norm.findings.push_back({finding.at("symbol"), finding.at("why")});
    return refused(spec, spec.file, std::move(norm));
  }
  std::vector<TestRun> runs(spec.tests.size());
  for (std::size_t i = 0; i < runs.size(); ++i)
    runs[i].outcome = tests[i].is_null() ? Outcome::interrupted : outcome_of(tests[i].at("outcome"));
  return score(spec, spec.file, std::move(runs), {});
}

/// The same schedules, of which none is shown.
Schedules undrawn(Schedules schedules) {
  schedules.shown_for.clear();
  return schedules;
}

/// Returns: the tests that failed or crashed in a simulated schedule and are played again, made short: the first one, which
///   can be drawn, and those whose message is too long to be read, such as one that names a drawn scenario.
std::vector<std::size_t> to_draw(const std::vector<Json>& tests) {
  constexpr std::size_t kLongest = 200;  // bytes of a message that can be read
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const Json& schedule = tests[i].at("schedule");
    const bool is_simulated = schedule.is_number() && schedule != 0;
    const bool is_shown = tests[i].at("outcome") == "failed" || tests[i].at("outcome") == "crashed";
    if (!is_simulated || !is_shown) continue;
    if (chosen.empty() || tests[i].at("message").get_ref<const std::string&>().size() > kLongest)
      chosen.push_back(i);
  }
  return chosen;
}

/// Fills in how the tests ended. Points, and what the spec says of a test, are those of today.
void fill_in(Json& graded, const std::vector<Json>& tests) {
  static const std::array<std::string, 5> of_spec{"name", "points", "max_points", "what", "visible"};
  for (std::size_t i = 0; i < tests.size(); ++i) {
    Json& place = graded.at("tests").at(i);
    if (tests[i].is_null()) continue;
    for (const auto& [key, value] : tests[i].items())
      if (std::ranges::find(of_spec, key) == of_spec.end()) place[key] = value;
  }
}

}  // namespace

FileGrader::FileGrader(Session& session, const fs::path& spec, const ResultCache& cache,
                       const std::string& sandbox)
    : session_(session), cache_(cache), kit_(kit_digests(session, spec, sandbox, digests_)) {}

std::string FileGrader::test_key(const std::string& program, std::size_t test) const {
  return Digest().add("test").add(program).add(kit_.tests[test]).text();
}

std::vector<fs::path> FileGrader::read_by(const Admission& admission) const {
  const Compiled& compiled = admission.compiled;
  // Where the compiler did not get to the end, nobody knows what it would have read.
  if (!compiled.done) return include_folders(session_.manifest);
  std::vector<fs::path> files;
  if (session_.spec.is_rung) return files;
  for (const fs::path& file : parse_dependencies(read_file(compiled.dependencies)))
    if (file != compiled.copy) files.push_back(file);
  return files;
}

Prepared FileGrader::prepare(const fs::path& source, const std::string& content) const {
  Prepared prepared;
  prepared.content = content;
  prepared.compilation = Digest().add("compiled").add(content).add(kit_.compilation).text();
  prepared.folder = session_.workspace.make_folder(content.substr(0, 24));
  prepared.tests.resize(session_.spec.tests.size());
  if (!find_compiled(prepared)) {
    prepared.was_known = false;
    compile(source, prepared);
  }
  if (prepared.interrupted || prepared.compiled.at("kind") != "done") return prepared;
  find_tests(prepared);
  bool is_known = std::ranges::none_of(prepared.tests, &Json::is_null);
  if (is_known)
    for (const std::size_t test : to_draw(prepared.tests)) is_known &= find_drawing(prepared, test);
  if (!is_known) {
    prepared.was_known = false;
    link_for_tests(prepared);
  }
  return prepared;
}

bool FileGrader::find_compiled(Prepared& prepared) const {
  const std::optional<Json> kept = cache_.find(prepared.compilation);
  if (!kept || !kept->contains("kind")) return false;
  if (kept->at("kind") == "done" && !fs::exists(cache_.file(prepared.compilation))) return false;
  for (const auto& [file, digest] : kept->at("reads").items())
    if (digests_.of(file) != digest) return false;
  prepared.compiled = *kept;
  return true;
}

void FileGrader::compile(const fs::path& source, Prepared& prepared) const {
  const std::string shown = session_.spec.file;
  const fs::path original = prepared.folder / "in" / shown;
  fs::create_directories(original.parent_path());
  write_file(original, read_file(source));
  const Admission admission = admit(
      original, session_.manifest, session_.spec, false,
      session_.workspace.make_folder(prepared.folder.filename().string() + "/made"), session_.interrupt);
  prepared.made = admission.compiled;
  if (admission.compiled.interrupted || session_.interrupt.requested()) {
    prepared.interrupted = true;
    return;
  }
  // What the norm finds comes as finish() tells it.
  const Graded refusal = refused(session_.spec, shown, admission.norm);
  Json& compiled = prepared.compiled;
  compiled = {{"kind", !admission.norm.findings.empty() ? "refused"
                       : admission.compiled.done        ? "done"
                                                        : "not_compiled"},
              {"message", admission.compiled.message},
              {"norm", Json::array()},
              {"reads", Json::object()}};
  const Json told = to_json(refusal);
  for (const char* key : kOfNorm) compiled[key] = told.at(key);
  name_plainly(compiled, prepared.folder, session_.spec, session_.manifest.root);
  for (const fs::path& file : read_by(admission)) compiled["reads"][file.string()] = digests_.of(file);
  if (compiled.at("kind") == "done")
    cache_.keep_file(prepared.compilation,
                     session_.spec.is_rung ? admission.compiled.executable : admission.compiled.object);
  cache_.keep(prepared.compilation, compiled);
}

void FileGrader::find_tests(Prepared& prepared) const {
  prepared.program = Digest().add(prepared.compilation).add(prepared.compiled.at("reads").dump()).text();
  for (std::size_t i = 0; i < prepared.tests.size(); ++i)
    if (const auto kept = cache_.find(test_key(prepared.program, i)); kept && kept->contains("outcome"))
      prepared.tests[i] = *kept;
}

void FileGrader::link_for_tests(Prepared& prepared) const {
  Compiled& program = prepared.made;
  if (program.done) return;
  const fs::path made = session_.workspace.make_folder(prepared.folder.filename().string() + "/made");
  program.original = prepared.folder / "in" / session_.spec.file;
  program.copy = made / "solution.cpp";
  program.object = made / "solution.o";
  program.executable = made / (session_.spec.is_rung ? "solution.so" : "solution");
  fs::copy_file(cache_.file(prepared.compilation),
                session_.spec.is_rung ? program.executable : program.object,
                fs::copy_options::overwrite_existing);
  program.done =
      session_.spec.is_rung || link(program, session_.manifest, session_.spec.limits, session_.interrupt);
  prepared.interrupted = program.interrupted;
  if (!program.done && !program.interrupted)
    throw broken(fmt::format("What was compiled before cannot be linked:\n{}", program.message));
}

Json FileGrader::play(const fs::path& executable, const std::vector<fs::path>& sources,
                      const fs::path& folder, std::size_t test, const Schedules& schedules) const {
  const Spec& spec = session_.spec;
  const TestSpec& of = spec.tests[test];
  fs::create_directories(folder);
  std::vector<fs::path> explored = sources;
  explored.push_back(executable);
  const TestRun run = spec.is_rung ? run_rung_test({{session_.manifest.explorer, folder, spec.limits,
                                                     session_.manifest.sanitized, false, explored},
                                                    executable},
                                                   spec.exercise, of, session_.interrupt)
                                   : run_test({executable, folder, spec.limits, session_.manifest.sanitized},
                                              of, schedules, session_.interrupt);
  if (run.outcome == Outcome::interrupted) return {};
  // Its report is made as if the others had not been played.
  std::vector<TestRun> runs(spec.tests.size());
  runs[test] = run;
  Graded graded = score(spec, spec.file, std::move(runs), {});
  graded.seed = session_.play.seed;
  return to_json(graded).at("tests").at(test);
}

Json FileGrader::play(const Prepared& prepared, std::size_t test) const {
  const std::string& name = session_.spec.tests[test].name;
  Json result = play(prepared.made.executable, prepared.made.sources, prepared.folder / ("play." + name),
                     test, undrawn(session_.play));
  if (result.is_null()) return result;
  name_plainly(result, prepared.folder, session_.spec, session_.manifest.root);
  cache_.keep(test_key(prepared.program, test), result);
  return result;
}

std::string FileGrader::drawing_key(const Prepared& prepared, std::size_t test) const {
  return Digest().add("made short").add(test_key(prepared.program, test)).text();
}

bool FileGrader::find_drawing(Prepared& prepared, std::size_t test) const {
  const auto kept = cache_.find(drawing_key(prepared, test));
  if (!kept) return false;
  prepared.tests[test].update(*kept);
  return true;
}

void FileGrader::draw(Prepared& prepared) const {
  for (const std::size_t test : to_draw(prepared.tests))
    if (!find_drawing(prepared, test)) draw(prepared, test);
}

void FileGrader::draw(Prepared& prepared, std::size_t test) const {
  Json& result = prepared.tests[test];
  Schedules schedules = session_.play;
  schedules.only = result.at("schedule").get<std::uint64_t>();
  Json drawn = play(prepared.made.executable, prepared.made.sources,
                    prepared.folder / ("drawn." + session_.spec.tests[test].name), test, schedules);
  if (drawn.is_null()) return;
  name_plainly(drawn, prepared.folder, session_.spec, session_.manifest.root);
  Json found = Json::object();
  // Alone, a solution that keeps something from one schedule to the next may end otherwise.
  if (drawn.at("outcome") == result.at("outcome") && drawn.at("part") == result.at("part"))
    for (const char* key : {"message", "replay", "drawing"}) found[key] = drawn.at(key);
  cache_.keep(drawing_key(prepared, test), found);
  result.update(found);
}

Json FileGrader::finish(const Prepared& prepared) const {
  Graded graded = bare_verdict(session_.spec, prepared.compiled, prepared.tests);
  graded.seed = session_.play.seed;
  graded.compiler = prepared.compiled.at("message");
  graded.sandbox = sandbox().level;
  Json json = to_json(graded);
  for (const char* key : kOfNorm) json[key] = prepared.compiled.at(key);
  if (prepared.compiled.at("kind") == "done") fill_in(json, prepared.tests);
  std::error_code ignored;  // the workspace is removed in the end
  fs::remove_all(prepared.folder, ignored);
  return json;
}

Json FileGrader::grade_executable(const std::string& name, const fs::path& executable) const {
  const std::string program = digest(read_file(executable));
  const fs::path folder = session_.workspace.make_folder("built." + name);
  std::vector<Json> tests(session_.spec.tests.size());
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const std::string key = test_key(program, i);
    if (const auto kept = cache_.find(key)) {
      tests[i] = *kept;
    } else {
      tests[i] = play(executable, {}, folder / session_.spec.tests[i].name, i, undrawn(session_.play));
      if (!tests[i].is_null()) cache_.keep(key, tests[i]);
    }
  }
  Json json = to_json(bare_verdict(session_.spec, {{"kind", "done"}}, tests));
  json["implementation"] = name;
  fill_in(json, tests);
  return json;
}

bool FileGrader::knows_executable(const fs::path& executable) const {
  const std::string program = digest(read_file(executable));
  for (std::size_t i = 0; i < session_.spec.tests.size(); ++i)
    if (!cache_.find(test_key(program, i))) return false;
  return true;
}

FileSummary summary_of(const Json& graded) {
  FileSummary summary;
  summary.verdict = graded.at("verdict");
  summary.score = graded.at("score");
  for (const Json& test : graded.at("tests"))
    summary.tests.push_back({test.at("points"), test.at("outcome"), test.at("part")});
  for (const Json& finding : graded.at("norm")) summary.norm.push_back(finding.at("symbol"));
  const bool is_played = summary.verdict == "passed" || summary.verdict == "failed";
  if (is_played && graded.at("norm_level") == "tokens") summary.unread = graded.at("norm_note");
  const std::string compiler = graded.at("compiler");
  for (std::size_t at = compiler.find("warning: "); at != std::string::npos;
       at = compiler.find("warning: ", at + 1))
    ++summary.warnings;
  return summary;
}

}  // namespace corokit::moulinette
