#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// Keeps results in a folder, each under a key that is a digest of all that it depends on. What is damaged is not found.
/// Several programs may use the same folder at once.
///
/// Thread-safety: all members may be called at once from any thread.
class ResultCache {
 public:
  /// Throws: Error if the folder cannot be made.
  explicit ResultCache(std::filesystem::path folder);

  std::optional<nlohmann::ordered_json> find(const std::string& key) const;
  void keep(const std::string& key, const nlohmann::ordered_json& result) const;

  /// Files, such as objects, are kept as they are. Returns: the place of one, which may not be there.
  std::filesystem::path file(const std::string& key) const;
  void keep_file(const std::string& key, const std::filesystem::path& file) const;

 private:
  std::filesystem::path place(const std::string& key, const char* ending) const;

  std::filesystem::path folder_;
};

}  // namespace corokit::moulinette
