#include "platforms/change.hpp"
#include "platforms/formats.hpp"
#include "platforms/platform_report.hpp"
#include "platforms/text.hpp"

#include <fmt/format.h>
#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

Json json(const Position& place) {
  return {{"line", place.line}, {"column", place.column}};
}

/// One mutant, before its tests are known.
Json mutant_of(const std::string& id, const std::string& kind, const std::string& description,
               const std::string& source, const std::optional<Change>& change) {
  // What has no patch is wrong as a whole.
  Json mutant{{"id", id},
              {"mutatorName", kind},
              {"location",
               {{"start", json(change ? change->start : Position())},
                {"end", json(change ? change->end : end_of(source))}}},
              {"description", description}};
  if (change) mutant["replacement"] = change->replacement;
  return mutant;
}

/// How the tests of a mutant ended.
struct Ends {
  Json covered = Json::array();
  Json killed = Json::array();
  std::string why;  // in sentences
  bool only_hung = true;

  void add(const std::string& id, const std::string& name, const std::string& outcome,
           const std::string& message) {
    covered.push_back(id);
    if (outcome == "passed") return;
    killed.push_back(id);
    only_hung = only_hung && outcome == "hung";
    why += fmt::format("{}{}: {}{}{}", why.empty() ? "" : "\n", name, outcome, message.empty() ? "" : ": ",
                       plain(message));
  }
  bool has_killer() const { return !killed.empty(); }
};

/// Writes the status. A crash is a kill as well: a RuntimeError would not be counted.
void put_end(Json& mutant, const Ends& ends) {
  mutant["status"] = !ends.has_killer() ? "Survived" : ends.only_hung ? "Timeout" : "Killed";
  mutant["coveredBy"] = ends.covered;
  if (!ends.has_killer()) return;
  mutant["killedBy"] = ends.killed;
  mutant["statusReason"] = ends.why;
}

std::string id_of_test(const std::string& exercise, const std::string& test) {
  return fmt::format("{}/{}", exercise, test);
}

/// The report while it grows.
class Report {
 public:
  void add_file(const std::string& name, const Json& source) {
    if (files_.contains(name)) return;
    files_[name] = {{"language", "cpp"}, {"source", source}, {"mutants", Json::array()}};
  }
  void add_mutant(const std::string& file, Json mutant) {
    files_.at(file)["mutants"].push_back(std::move(mutant));
  }
  void add_test(const std::string& exercise, const std::string& test, const std::string& name) {
    const std::string id = id_of_test(exercise, test);
    if (!known_.insert(id).second) return;
    tests_[fmt::format("exercises/{}/spec.json", exercise)]["tests"].push_back({{"id", id}, {"name", name}});
  }
  std::string text() const {
    // A right program that nothing changes has nothing to show.
    Json files = Json::object();
    for (const auto& [name, file] : files_.items())
      if (!file.at("mutants").empty()) files[name] = file;
    Json report{{"schemaVersion", "2.0"},
                {"thresholds", {{"high", 100}, {"low", 90}}},  // what is not killed is explained
                {"framework", {{"name", "corokit moulinette"}}},
                {"files", std::move(files)}};
    if (!tests_.empty()) report["testFiles"] = tests_;
    return to_text(report);
  }

 private:
  Json files_ = Json::object();
  Json tests_ = Json::object();
  std::set<std::string> known_;
};

void add_wrong(Report& report, const Json& implementation, const Json& sources) {
  const Json& roster = implementation.at("roster");
  if (!roster.contains("wrong")) return;
  const std::string exercise = implementation.at("exercise");
  const std::string file = roster.at("source");
  if (!sources.contains(file)) return;
  const std::string source = sources.at(file);
  report.add_file(file, source);
  const std::string name = implementation.at("implementation");
  const std::string description = fmt::format("{}\nPlausible: {}", roster.at("wrong").get<std::string>(),
                                              roster.at("plausible").get<std::string>());
  Json mutant = mutant_of(
      fmt::format("{}/{}", exercise, name), name, description, source,
      roster.contains("patch") ? change_of(source, roster.at("patch").get<std::string>()) : std::nullopt);
  Ends ends;
  for (const Json& test : implementation.at("tests")) {
    const std::string outcome = test.at("outcome");
    if (outcome == "interrupted") continue;
    const std::string test_name = test.at("name");
    ends.add(id_of_test(exercise, test_name), test_name, outcome, test.at("message"));
  }
  for (const Json& finding : implementation.at("norm")) {
    report.add_test(exercise, "norm", "the norm");
    ends.add(id_of_test(exercise, "norm"), "the norm", "refused", finding.at("symbol"));
    break;
  }
  put_end(mutant, ends);
  if (implementation.at("verdict") == "interrupted") mutant["status"] = "Pending";
  report.add_mutant(file, std::move(mutant));
}

/// What becomes of a mutant that was not played to its end.
const char* status_of(const std::string& fate) {
  if (fate == "did_not_compile") return "CompileError";
  if (fate == "not_played") return "Pending";
  return "Ignored";  // equivalent, or equal to another one
}

void add_made(Report& report, const Json& one, const std::string& exercise, const Json& sources) {
  const std::string file = one.at("file");
  if (!sources.contains(file)) return;
  const std::string source = sources.at(file);
  report.add_file(file, source);
  const std::string sentence = one.at("sentence");
  Json mutant =
      mutant_of(fmt::format("{}/{}", exercise, one.at("number").get<std::size_t>()), one.at("operator"),
                sentence, source, change_of(source, one.at("diff").get<std::string>()));
  const std::string fate = one.at("fate");
  if (fate == "killed" || fate == "survived") {
    Ends ends;
    for (const auto& [name, run] : one.at("tests").items()) {
      report.add_test(exercise, name, name);
      ends.add(id_of_test(exercise, name), name, run.at("outcome"), run.at("message"));
    }
    put_end(mutant, ends);
  } else {
    mutant["status"] = status_of(fate);
    mutant["statusReason"] =
        plain(fmt::format("{}{}{}", fate, one.at("reason").get<std::string>().empty() ? "" : ": ",
                          one.at("reason").get<std::string>()));
  }
  report.add_mutant(file, std::move(mutant));
}

}  // namespace

std::string mutation_of_validated(const Json& validated, const PlatformOptions&) {
  Report report;
  Json sources = Json::object();
  for (const Json& exercise : validated.at("exercises")) sources.update(exercise.at("sources"));
  for (const Json& implementation : validated.at("implementations")) {
    for (const Json& test : implementation.at("tests"))
      report.add_test(implementation.at("exercise"), test.at("name"), test.at("name"));
    add_wrong(report, implementation, sources);
  }
  return report.text();
}

std::string mutation_of_mutated(const Json& mutated, const PlatformOptions&) {
  Report report;
  for (const Json& mutant : mutated.at("mutants"))
    add_made(report, mutant, mutated.at("exercise"), mutated.at("sources"));
  return report.text();
}

}  // namespace corokit::moulinette
