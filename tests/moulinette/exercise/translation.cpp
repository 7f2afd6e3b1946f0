#include "exercise/translation.hpp"

#include "running/run_messages.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

void check_names(const Json& english, const Json& french, const char* list, std::vector<Complaint>& found) {
  for (const Json& entry : english.at(list)) {
    const std::string name = entry.at("name");
    if (!french.at(list).contains(name))
      found.push_back({{list}, fmt::format("\"{}\" lacks \"{}\", which spec.json has", list, name)});
  }
  for (const auto& [name, texts] : french.at(list).items()) {
    const auto has_name = [&name = name](const Json& entry) { return entry.at("name") == name; };
    if (std::ranges::none_of(english.at(list), has_name))
      found.push_back(
          {{list, name}, fmt::format("\"{}\" has \"{}\", which spec.json does not have", list, name)});
  }
}

}  // namespace

void translate(Spec& spec, const Json& french) {
  spec.title = french.at("title");
  spec.module = french.at("module");
  spec.teaches = french.at("concept");
  spec.first_step = french.at("first_step");
  for (TestSpec& test : spec.tests) {
    if (const auto texts = french.at("tests").find(test.name); texts != french.at("tests").end()) {
      test.what = texts->at("what");
      test.hints = texts->at("hints");
    }
    for (PartSpec& part : test.parts) {
      const auto texts = french.at("edge_cases").find(part.name);
      if (texts == french.at("edge_cases").end()) continue;
      part.what = texts->at("what");
      part.trap = texts->at("trap");
    }
  }
}

void translate(nlohmann::ordered_json& graded, const Spec& french) {
  const auto say_in_french = [](auto& said, const char* key) {
    if (said.contains(key)) said[key] = run_message_in_french(said.at(key).template get<std::string>());
  };
  for (auto& test : graded.at("tests")) {
    if (const TestSpec* known = french.find(test.at("name").get<std::string>())) test["what"] = known->what;
    say_in_french(test, "message");
  }
  say_in_french(graded, "compiler");
  if (graded.contains("checks"))
    for (auto& check : graded.at("checks")) say_in_french(check, "message");
  for (auto& finding : graded.at("norm"))
    for (const char* key : {"symbol", "why", "replacement"})
      finding[key] = norm_in_french(finding.at(key).get<std::string>());
  if (graded.contains("norm_note"))
    graded["norm_note"] = norm_in_french(graded.at("norm_note").get<std::string>());
}

std::vector<Complaint> translation_complaints(const Json& english, const Json& french) {
  std::vector<Complaint> found;
  for (const char* list : {"tests", "edge_cases"}) check_names(english, french, list, found);
  for (const Json& test : english.at("tests")) {
    const std::string name = test.at("name");
    const auto texts = french.at("tests").find(name);
    if (texts == french.at("tests").end()) continue;
    const std::size_t here = texts->at("hints").size();
    const std::size_t there = test.at("hints").size();
    if (here != there)
      found.push_back({{"tests", name, "hints"},
                       fmt::format("\"tests.{}.hints\" must have {} entries, as in spec.json, not {}", name,
                                   there, here)});
  }
  return found;
}

}  // namespace corokit::moulinette
