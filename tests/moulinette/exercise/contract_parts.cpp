#include "exercise/contract_parts.hpp"

#include "error.hpp"
#include "exercise/closest.hpp"
#include "exercise/plain_code.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;

std::vector<fs::path> headers_of(const fs::path& folder) {
  std::vector<fs::path> headers;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".hpp") headers.push_back(entry.path());
  std::ranges::sort(headers);
  return headers;
}

/// Returns: the prerequisites of each exercise of a tree, of which spec.json can be read.
std::map<std::string, Names> all_prerequisites(const fs::path& root) {
  std::map<std::string, Names> all;
  for (const std::string& name : exercises_of(root)) {
    const Json json = Json::parse(read_if_possible(root / "exercises" / name / "spec.json").value_or(""),
                                  nullptr, false, true);
    const bool has_some =
        json.is_object() && json.contains("prerequisites") &&
        complaints(json.at("prerequisites"), schema_of("spec.json").at("properties").at("prerequisites"))
            .empty();
    all[name] = has_some ? json.at("prerequisites").get<Names>() : Names();
  }
  return all;
}

/// Returns: what comes before an exercise, directly or not; also itself if the prerequisites go round in a circle.
std::set<std::string> before(const std::string& exercise, const std::map<std::string, Names>& all) {
  std::set<std::string> found;
  Names open{exercise};
  while (!open.empty()) {
    const auto next = all.find(open.back());
    open.pop_back();
    if (next == all.end()) continue;
    for (const std::string& name : next->second)
      if (found.insert(name).second) open.push_back(name);
  }
  return found;
}

}  // namespace

ContractCheck::ContractCheck(fs::path root, std::string exercise, JsonFile file)
    : root_(std::move(root)),
      exercise_(std::move(exercise)),
      file_(std::move(file)),
      spec_(parse_spec(file_.json, exercise_)) {}

void ContractCheck::add_to_spec(const JsonPlace& place, std::string sentence) {
  add(file_.file, file_.lines.line(place), std::move(sentence));
}

void ContractCheck::add(const fs::path& file, int line, std::string sentence) {
  faults_.push_back({exercise_, file, line, std::move(sentence)});
}

void ContractCheck::add_error(const fs::path& file, const std::string& message) {
  const std::string prefix = file.lexically_relative(root_).string() + ":";
  int line = 0;
  std::size_t begin = 0;
  if (message.starts_with(prefix)) {
    const char* const end = message.data() + message.size();
    const char* const after = std::from_chars(message.data() + prefix.size(), end, line).ptr;
    begin = message.find_first_not_of(": ", static_cast<std::size_t>(after - message.data()));
  }
  add(file, line, message.substr(begin));
}

void ContractCheck::prerequisites() {
  const std::map<std::string, Names> all = all_prerequisites(root_);
  Names known;
  for (const auto& [name, unused] : all) known.push_back(name);
  for (std::size_t i = 0; i < spec_.prerequisites.size(); ++i) {
    const std::string& name = spec_.prerequisites[i];
    if (all.contains(name)) continue;
    add_to_spec({"prerequisites", std::to_string(i)},
                fmt::format("\"prerequisites[{}]\" names {}, which is no exercise{}", i, name,
                            did_you_mean(name, known)));
  }
  if (before(exercise_, all).contains(exercise_))
    add_to_spec({"prerequisites"},
                fmt::format("\"prerequisites\" go round in a circle, back to {}", exercise_));
  prerequisites_of_headers();
}

/// What the headers include of other exercises has to come before this one.
void ContractCheck::prerequisites_of_headers() {
  static const std::regex include(R"(#\s*include\s*<([0-9][0-9]_\w+)/)");
  const std::set<std::string> earlier = before(exercise_, all_prerequisites(root_));
  for (const fs::path& header : headers_of(folder())) {
    const std::string text = without_comments(read_file(header));
    for (std::sregex_iterator match(text.begin(), text.end(), include), end; match != end; ++match) {
      const std::string name = (*match)[1];
      if (name == exercise_ || earlier.contains(name)) continue;
      add(header, 1 + static_cast<int>(std::count(text.begin(), text.begin() + match->position(), '\n')),
          fmt::format("it includes a header of {}, which is not among the prerequisites in spec.json", name));
    }
  }
}

void ContractCheck::prototype() {
  std::string code = squeezed(read_if_possible(folder() / spec_.file).value_or(""));
  for (const fs::path& header : headers_of(folder())) code += "\n" + squeezed(read_file(header));
  for (std::size_t i = 0; i < spec_.prototype.size(); ++i) {
    if (code.find(squeezed(spec_.prototype[i])) != std::string::npos) continue;
    add_to_spec({"prototype", std::to_string(i)},
                fmt::format("\"prototype[{}]\" stands neither in {} nor in a given header", i, spec_.file));
  }
}

/// An entry that changes nothing is a mistake, or one too many.
void ContractCheck::norm() {
  const NormRules common =
      load_norm(Json{{"refused", Json::array()}, {"allowed", Json::array()}}, spec_.is_rung);
  std::set<std::string> seen;
  const auto check = [&](const JsonPlace& place, const std::string& name, bool is_refused) {
    if (!seen.insert(name).second) add_to_spec(place, fmt::format("\"norm\" names {} twice", name));
    const NameRules::Rule* rule = common.symbols.find({name});
    if (rule && rule->why.empty() != is_refused)
      add_to_spec(place, fmt::format("\"norm\": {} is {} by exercises/norm.json already", name,
                                     is_refused ? "refused" : "allowed"));
  };
  const Json& norm = file_.json.at("norm");
  for (std::size_t i = 0; i < norm.at("refused").size(); ++i) {
    const Json& names = norm.at("refused")[i].at("names");
    for (std::size_t j = 0; j < names.size(); ++j)
      check({"norm", "refused", std::to_string(i), "names", std::to_string(j)}, names[j], true);
  }
  for (std::size_t i = 0; i < norm.at("allowed").size(); ++i)
    check({"norm", "allowed", std::to_string(i)}, norm.at("allowed")[i], false);
}

/// The ranges have the names by which the tests read them, as in spec::tasks.
void ContractCheck::fuzzing() {
  const Json ranges = file_.json.value("fuzzing", Json::object());
  const fs::path folder = root_ / "tests/specified" / exercise_;
  if (ranges.empty() || !fs::is_directory(folder)) return;
  static const std::regex use("\\bspec::([a-z][a-z0-9_]*)");
  std::set<std::string> read{"iterations"};
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string text = entry.is_regular_file() ? read_file(entry.path()) : "";
    for (std::sregex_iterator at(text.begin(), text.end(), use), end; at != end; ++at) read.insert((*at)[1]);
  }
  Names missing;
  for (const std::string& name : read)
    if (name != "schedules" && !ranges.contains(name)) missing.push_back(name);
  for (const auto& [key, range] : ranges.items())
    if (!read.contains(key))
      add_to_spec({"fuzzing", key},
                  fmt::format("no test reads \"fuzzing.{}\"{}", key, did_you_mean(key, missing)));
  for (const std::string& name : missing)
    add_to_spec({"fuzzing"}, fmt::format("\"fuzzing.{}\" is missing: a test reads spec::{}", name, name));
}

}  // namespace corokit::moulinette
