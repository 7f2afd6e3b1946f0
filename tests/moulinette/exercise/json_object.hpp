#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Reads a JSON object whose keys are known; whatever is amiss throws Error with the place:
/// "spec.json/tests/2".
class JsonObject {
 public:
  JsonObject(const nlohmann::json& json, std::string where);

  const std::string& where() const noexcept { return where_; }
  /// Refuses a key that is none of these: it is most likely misspelt.
  void only(std::initializer_list<std::string_view> keys) const;

  std::string text(const char* key) const;
  int number(const char* key) const;  // never negative
  std::vector<std::string> texts(const char* key) const;
  JsonObject object(const char* key) const;
  std::vector<JsonObject> objects(const char* key) const;

 private:
  const nlohmann::json& at(const char* key) const;
  [[noreturn]] void wanted(const char* key, const char* type) const;

  const nlohmann::json* json_;
  std::string where_;
};

}  // namespace corokit::moulinette
