#include "exercise/json_object.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {

JsonObject::JsonObject(const nlohmann::json& json, std::string where)
    : json_(&json), where_(std::move(where)) {
  if (!json.is_object()) throw broken(where_ + " is not an object");
}

void JsonObject::only(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, value] : json_->items()) {
    if (std::ranges::find(keys, key) != keys.end()) continue;
    throw broken(fmt::format("{}: unknown key \"{}\" (known: {})", where_, key, fmt::join(keys, ", ")));
  }
}

std::string JsonObject::text(const char* key) const {
  const auto& value = at(key);
  if (!value.is_string() || value.empty()) wanted(key, "a text");
  return value.get<std::string>();
}

int JsonObject::number(const char* key) const {
  const auto& value = at(key);
  if (!value.is_number_integer() || value.get<int>() < 0) wanted(key, "a whole number");
  return value.get<int>();
}

std::vector<std::string> JsonObject::texts(const char* key) const {
  const auto& value = at(key);
  if (!value.is_array() || !std::ranges::all_of(value, [](const auto& item) { return item.is_string(); })) {
    wanted(key, "a list of texts");
  }
  return value.get<std::vector<std::string>>();
}

JsonObject JsonObject::object(const char* key) const {
  return {at(key), where_ + "/" + key};
}

std::vector<JsonObject> JsonObject::objects(const char* key) const {
  const auto& value = at(key);
  if (!value.is_array()) wanted(key, "a list");
  std::vector<JsonObject> result;
  for (const auto& item : value)
    result.emplace_back(item, fmt::format("{}/{}/{}", where_, key, result.size()));
  return result;
}

const nlohmann::json& JsonObject::at(const char* key) const {
  const auto found = json_->find(key);
  if (found == json_->end()) throw broken(fmt::format("{}: \"{}\" is missing", where_, key));
  return *found;
}

void JsonObject::wanted(const char* key, const char* type) const {
  throw broken(fmt::format("{}: \"{}\" must be {}", where_, key, type));
}

}  // namespace corokit::moulinette
