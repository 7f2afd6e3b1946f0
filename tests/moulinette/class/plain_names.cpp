#include "class/plain_names.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>

namespace corokit::moulinette {
namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

namespace {

/// Replaces the path of a file that ends in `tail` wherever it is.
void replace_paths(std::string& text, const std::string& tail, const std::string& name) {
  static const std::string around = " \t\n\"'`()[]<>=,;:";
  for (std::size_t at = 0; (at = text.find(tail, at)) != std::string::npos;) {
    const std::size_t before = text.find_last_of(around, at);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    text.replace(begin, at + tail.size() - begin, name);
    at = begin + name.size();
  }
}

/// Removes a folder, which ends with a slash, from the paths below it.
void remove_folder(std::string& text, const std::string& folder) {
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;) text.erase(at, folder.size());
}

}  // namespace

void name_plainly(Json& json, const fs::path& made, const Spec& spec, const fs::path& root) {
  if (json.is_structured()) {
    for (Json& item : json) name_plainly(item, made, spec, root);
    return;
  }
  if (!json.is_string()) return;
  auto& text = json.get_ref<std::string&>();
  const std::string folder = made.filename().string();
  for (const std::string& file :
       {"in/" + spec.file, std::string("made/solution.cpp"), std::string("made/solution.o"),
        fmt::format("made/{}/{}", spec.exercise, spec.file)})
    replace_paths(text, fmt::format("{}/{}", folder, file), spec.file);
  remove_folder(text, (root / "").string());
}

}  // namespace corokit::moulinette
