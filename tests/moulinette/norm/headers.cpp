#include "norm/headers.hpp"

#include <algorithm>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

fs::path resolved(const fs::path& path) {
  std::error_code failed;
  fs::path result = fs::weakly_canonical(path, failed);
  return failed ? path : result;
}

bool lies_below(const fs::path& file, const fs::path& folder) {
  return std::ranges::mismatch(folder, file).in1 == folder.end();
}

}  // namespace

Headers::Headers(const Manifest& manifest, const NameRules& rules) : rules_(&rules) {
  for (std::size_t i = 0; i < manifest.compile.size(); ++i) {
    const std::string& flag = manifest.compile[i];
    if (flag.starts_with("-I")) given_.push_back(resolved(flag.substr(2)));
    if (i == 0 || manifest.compile[i - 1] != "-include") continue;
    first_.push_back(resolved(flag));
    first_.push_back(resolved(flag + ".gch"));
  }
  for (const fs::path& folder : manifest.system) system_.push_back(resolved(folder));
}

std::string Headers::why_refused(std::string_view header) const {
  const fs::path name(header);
  if (name.is_absolute() || std::ranges::find(name, "..") != name.end()) return rules_->otherwise;
  for (const auto* folders : {&given_, &system_}) {
    for (const fs::path& folder : *folders) {
      std::error_code failed;
      if (!fs::exists(folder / name, failed)) continue;
      if (folders == &given_ && !only_.empty()) return header == only_ ? "" : rules_->otherwise;
      return allows(folder / name) ? "" : rules_->otherwise;
    }
  }
  return "";
}

bool Headers::allows(const fs::path& file) const {
  const fs::path read = resolved(file);
  if (std::ranges::find(first_, read) != first_.end()) return true;
  for (const fs::path& folder : given_)
    if (lies_below(read, folder)) return read.extension() == ".hpp";
  const fs::path* innermost = nullptr;
  for (const fs::path& folder : system_) {
    const bool holds = lies_below(read, folder);
    if (holds && (!innermost || lies_below(folder, *innermost))) innermost = &folder;
  }
  if (!innermost) return false;
  const std::string name = read.lexically_relative(*innermost).string();
  return name.find('/') == std::string::npos || rules_->why_refused({name}).empty();
}

std::vector<fs::path> parse_dependencies(std::string_view text) {
  std::vector<fs::path> files;
  std::string name;
  const auto end_name = [&] {
    if (!name.empty() && !name.ends_with(':')) files.emplace_back(name);
    name.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\n';
    if (c == '\\' && next != '\n') {
      name += next == ' ' || next == '#' || next == '\\' || next == ':' ? text[++i] : c;
    } else if (c == '$' && next == '$') {
      name += text[++i];
    } else if (c == ' ' || c == '\n' || c == '\\') {
      end_name();
    } else {
      name += c;
    }
  }
  end_name();
  return files;
}

}  // namespace corokit::moulinette
