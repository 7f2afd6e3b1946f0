#pragma once
#include "exercise/spec.hpp"
#include "process/process.hpp"
#include "running/workspace.hpp"
#include "whole_file.hpp"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace corokit::moulinette {

inline const Interrupt& nobody_interrupts() {
  static const Interrupt interrupt;
  return interrupt;
}

/// Other programs may have most of the machine.
inline const ProcessLimits kPatience{.wall = std::chrono::minutes(4)};

/// What tests do is no progress of whoever runs them.
inline const bool kProgressIsApart = setenv("XDG_STATE_HOME", STATE, 1) == 0;
/// Nor is their language ours: the launcher hands it on to whatever it runs, and so to the tests.
inline const bool kLanguageIsEnglish = setenv("COROKIT_LANGUAGE", "", 1) == 0;

inline Finished run(std::vector<std::string> argv, const ProcessLimits& limits = kPatience) {
  return run_process({.argv = std::move(argv)}, limits, nobody_interrupts());
}

inline Finished shell(const std::string& script, const ProcessLimits& limits = kPatience) {
  return run({"/bin/sh", "-c", script}, limits);
}

/// Runs the program.
inline Finished moulinette(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), MOULINETTE);
  return run(std::move(arguments));
}

/// Returns: the text of a file; nothing if there is none.
inline std::string read_text(const std::filesystem::path& file) {
  return read_if_possible(file).value_or("");
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

inline std::set<std::string> keys(const nlohmann::json& object) {
  std::set<std::string> found;
  for (const auto& [key, value] : object.items()) found.insert(key);
  return found;
}

inline nlohmann::json toy_json() {
  return nlohmann::json::parse(read_text(TOY "/exercise/spec.json"));
}
inline Spec toy_spec() {
  return parse_spec(toy_json(), "toy");
}
/// The toy by the norm of all exercises, without what it allows for the tests of the grader.
inline Spec strict_toy_spec() {
  nlohmann::json json = toy_json();
  json["norm"]["allowed"] = nlohmann::json::array();
  return parse_spec(json, "toy");
}

}  // namespace corokit::moulinette
