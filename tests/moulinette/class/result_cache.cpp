#include "class/result_cache.hpp"

#include "error.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

ResultCache::ResultCache(fs::path folder) : folder_(std::move(folder)) {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  if (failed) throw broken(fmt::format("{} cannot be made: {}.", folder_.string(), failed.message()));
}

fs::path ResultCache::place(const std::string& key, const char* ending) const {
  return folder_ / key.substr(0, 2) / (key.substr(2) + ending);
}

std::optional<Json> ResultCache::find(const std::string& key) const {
  const fs::path file = place(key, ".json");
  std::error_code failed;
  if (!fs::exists(file, failed)) return {};
  Json json = Json::parse(read_file(file), nullptr, false);
  if (json.is_discarded()) return {};
  return json;
}

void ResultCache::keep(const std::string& key, const Json& result) const {
  const fs::path file = place(key, ".json");
  fs::create_directories(file.parent_path());
  write_file(file, result.dump(-1, ' ', false, Json::error_handler_t::replace));
}

fs::path ResultCache::file(const std::string& key) const {
  return place(key, ".o");
}

void ResultCache::keep_file(const std::string& key, const fs::path& file) const {
  fs::create_directories(this->file(key).parent_path());
  write_file(this->file(key), read_file(file));
}

}  // namespace corokit::moulinette
