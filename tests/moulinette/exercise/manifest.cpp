#include "exercise/manifest.hpp"

#include "error.hpp"
#include "output/error_texts.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// Reads what the build has written, as `parse` makes it of JSON. `what` it is, such as "no manifest".
template <class Parse>
auto read(const fs::path& file, const char* what, Parse parse) {
  const auto text = read_if_possible(file);
  if (!text)
    throw broken(error_text("Cannot read {}: build the project first (./moulinette does).", file.string()));
  try {
    return parse(nlohmann::json::parse(*text));
  } catch (const nlohmann::json::exception& error) {
    const std::string_view why = error.what();
    throw misuse(fmt::format("{} is {} that the build has written: {}.", file.string(), what,
                             why.substr(why.find("] ") + 2)));
  }
}

// CMake writes lists with an empty element at the end.
std::vector<std::string> texts(const nlohmann::json& list) {
  std::vector<std::string> result;
  for (const auto& item : list) {
    if (!item.get<std::string>().empty()) result.push_back(item);
  }
  return result;
}

Role role_of(const std::string& text) {
  for (const Role role : {Role::reference, Role::alternative, Role::refused, Role::mutant, Role::slow}) {
    if (word(role) == text) return role;
  }
  throw broken(fmt::format("The build recorded an implementation with the unknown role \"{}\".", text));
}

std::vector<Exercise> exercises_in(const nlohmann::json& kit) {
  std::vector<Exercise> exercises;
  for (const auto& entry : kit) {
    if (entry.is_null()) continue;
    exercises.push_back(
        {entry.at("name"), entry.at("spec").get<std::string>(), entry.at("manifest").get<std::string>()});
  }
  return exercises;
}

Manifest manifest_in(const nlohmann::json& json) {
  Manifest manifest{.root = json.at("root").get<std::string>(),
                    .folder = json.at("folder").get<std::string>(),
                    .wrong = json.at("wrong").get<std::string>(),
                    .compile = texts(json.at("compile")),
                    .system = {},
                    .link = texts(json.at("link")),
                    .sanitized = json.at("sanitized"),
                    .explorer = json.value("explorer", ""),
                    .tests = {},
                    .roster = {}};
  for (std::string& folder : texts(json.at("system"))) manifest.system.emplace_back(std::move(folder));
  for (std::string& test : texts(json.value("tests", nlohmann::json::array())))
    manifest.tests.emplace_back(std::move(test));
  for (const auto& entry : json.at("roster")) {
    if (entry.is_null()) continue;
    manifest.roster.push_back({role_of(entry.at("role")), entry.at("name"),
                               entry.at("file").get<std::string>(), entry.at("object").get<std::string>(),
                               entry.at("executable").get<std::string>()});
  }
  return manifest;
}

}  // namespace

std::string_view word(Role role) noexcept {
  switch (role) {
    case Role::stub:
      return "stub";
    case Role::reference:
      return "reference";
    case Role::alternative:
      return "alternative";
    case Role::refused:
      return "refused";
    case Role::mutant:
      return "mutant";
    case Role::slow:
      return "slow";
  }
  return "unknown";
}

bool is_wrong(Role role) noexcept {
  return role == Role::refused || role == Role::mutant;
}

bool is_right(Role role) noexcept {
  return role == Role::reference || role == Role::alternative;
}

std::vector<Exercise> load_kit(const fs::path& kit) {
  std::vector<Exercise> exercises = read(kit, "no list of exercises", exercises_in);
  if (exercises.empty()) throw misuse(fmt::format("{} lists no exercise.", kit.string()));
  return exercises;
}

Manifest load_manifest(const fs::path& file) {
  return read(file, "no manifest of an exercise", manifest_in);
}

}  // namespace corokit::moulinette
