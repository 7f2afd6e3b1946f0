#include "exercise/manifest.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

nlohmann::json read(const fs::path& file) {
  std::ifstream input(file);
  if (!input)
    throw broken(fmt::format("Cannot read {}: build the project first (./moulinette does).", file.string()));
  return nlohmann::json::parse(input);
}

// CMake writes lists with an empty element at the end.
std::vector<std::string> texts(const nlohmann::json& list) {
  std::vector<std::string> result;
  for (const auto& item : list) {
    if (!item.get<std::string>().empty()) result.push_back(item);
  }
  return result;
}

}  // namespace

std::vector<Exercise> load_kit(const fs::path& kit) {
  std::vector<Exercise> exercises;
  for (const auto& entry : read(kit)) {
    if (entry.is_null()) continue;
    exercises.push_back(
        {entry.at("name"), entry.at("spec").get<std::string>(), entry.at("manifest").get<std::string>()});
  }
  return exercises;
}

Manifest load_manifest(const fs::path& file) {
  const nlohmann::json json = read(file);
  Manifest manifest{.root = json.at("root").get<std::string>(),
                    .folder = json.at("folder").get<std::string>(),
                    .wrong = json.at("wrong").get<std::string>(),
                    .compile = texts(json.at("compile")),
                    .link = texts(json.at("link")),
                    .readelf = json.at("readelf"),
                    .sanitized = json.at("sanitized"),
                    .implementations = {}};
  for (const auto& built : json.at("implementations")) {
    if (built.is_null()) continue;
    manifest.implementations.push_back({built.at("name"), built.at("file").get<std::string>(),
                                        built.at("object").get<std::string>(),
                                        built.at("executable").get<std::string>()});
  }
  return manifest;
}

}  // namespace corokit::moulinette
