#pragma once
#include "testing/support.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// How a hostile file must end.
struct Expected {
  std::string outcomes;  // of the tests in their order, "crashed passed", or one word if all end alike
  std::vector<std::string> says;  // texts of the report
};

/// A file of hostile/, and what its first lines say; README.md there has the meaning of each.
struct HostileCase {
  std::string name;      // "escapes_forks"
  std::string exercise;  // that it is handed in for
  std::string text;      // what is handed in
  std::string ending;    // of the name of what is handed in
  Expected with_norm;
  Expected without_norm;
  std::string by_tokens;  // the outcomes where the norm could not read the syntax, if they are others
};

inline std::ostream& operator<<(std::ostream& out, const HostileCase& of) {
  return out << of.name;
}

namespace detail {

/// Returns: the values of a key, one for each line that has it.
inline std::vector<std::string> values_of(const std::string& text, const std::string& key) {
  std::vector<std::string> values;
  const std::string before = "// " + key + ": ";
  for (std::size_t at = 0; text.compare(at, 3, "// ") == 0;) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
    if (text.compare(at, before.size(), before) == 0)
      values.push_back(text.substr(at + before.size(), end - at - before.size()));
    at = end + 1;
  }
  return values;
}

inline std::string value_of(const std::string& text, const std::string& key, const std::string& otherwise) {
  const std::vector<std::string> values = values_of(text, key);
  return values.empty() ? otherwise : values.front();
}

inline HostileCase read_case(const std::filesystem::path& file, const std::filesystem::path& root) {
  std::string name = file.lexically_relative(root).replace_extension().string();
  std::ranges::replace(name, '/', '_');
  const std::string text = read_text(file);
  HostileCase of{.name = std::move(name),
                 .exercise = value_of(text, "Exercise", "toy"),
                 .text = text,
                 .ending = ".cpp",
                 .with_norm = {value_of(text, "Expect", ""), values_of(text, "Says")},
                 .without_norm = {value_of(text, "Without the norm", ""), values_of(text, "Says then")},
                 .by_tokens = value_of(text, "By tokens", "")};
  const std::filesystem::path changed = value_of(text, "In", "");
  if (changed.empty()) return of;
  // It is handed in as a part of a right solution, in place of a line.
  of.exercise = value_of(text, "Exercise", changed.parent_path().filename());
  of.ending = changed.extension();
  of.text = read_text(std::filesystem::path(ROOT) / changed);
  const std::string line = value_of(text, "In place of", "");
  const std::size_t at = of.text.find(line);
  of.text = at == std::string::npos ? "" : of.text.replace(at, line.size(), text);
  return of;
}

}  // namespace detail

/// Returns: all files of hostile/, in the order of their names.
inline std::vector<HostileCase> hostile_cases() {
  const std::filesystem::path root = HOSTILE;
  std::vector<HostileCase> all;
  for (const auto& item : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = item.path().filename().string();
    if (name.ends_with(".cpp") && !name.ends_with("_test.cpp"))
      all.push_back(detail::read_case(item.path(), root));
  }
  std::ranges::sort(all, {}, &HostileCase::name);
  return all;
}

}  // namespace corokit::moulinette
