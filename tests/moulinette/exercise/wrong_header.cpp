#include "exercise/wrong_header.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <sstream>

namespace corokit::moulinette {
namespace {

constexpr std::array<std::string_view, 5> kLabels{"Wrong", "Plausible", "Killed-by", "Under", "Expect"};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

// BasicExecution and basic_execution are one test.
std::string snake_case(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    if (std::isupper(static_cast<unsigned char>(letter)) && !result.empty() && result.back() != '_')
      result += '_';
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return result;
}

std::vector<std::string> names(const std::string& list) {
  std::vector<std::string> result;
  std::istringstream items(list);
  for (std::string item; std::getline(items, item, ',');) result.push_back(snake_case(trimmed(item)));
  return result;
}

// A sentence may go on in the next line.
std::map<std::string, std::string> labelled(std::string_view text) {
  std::map<std::string, std::string> values;
  std::string* last = nullptr;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line) && values.size() < kLabels.size();) {
    const std::string content = trimmed(line.starts_with("//") ? std::string_view(line).substr(2) : line);
    const std::size_t colon = content.find(':');
    const std::string label = content.substr(0, colon);
    if (colon != std::string::npos && std::ranges::find(kLabels, label) != kLabels.end()) {
      last = &values[label];
      *last = trimmed(std::string_view(content).substr(colon + 1));
    } else if (last && !content.empty()) {
      *last += " " + content;
    } else {
      break;
    }
  }
  return values;
}

}  // namespace

WrongHeader parse_wrong_header(std::string_view text, const std::string& file) {
  std::map<std::string, std::string> values = labelled(text);
  for (const std::string_view label : kLabels) {
    if (!values[std::string(label)].empty()) continue;
    throw broken(fmt::format("{} must open with the lines {}: \"{}:\" is missing", file,
                             fmt::join(kLabels, ", "), label));
  }
  if (values["Under"] != "simulation" && values["Under"] != "thread pool") {
    throw broken(fmt::format("{}: \"Under:\" is \"simulation\" or \"thread pool\", not \"{}\"", file,
                             values["Under"]));
  }
  return {values["Wrong"], values["Plausible"], names(values["Killed-by"]), values["Under"],
          values["Expect"]};
}

std::vector<std::string> disagreements(const WrongHeader& header, const RosterEntry& entry) {
  std::vector<std::string> found;
  const std::string file = entry.file.string();
  auto in_file = header.killed_by;
  auto in_spec = entry.killed_by;
  std::ranges::sort(in_file);
  std::ranges::sort(in_spec);
  if (in_file != in_spec) {
    found.push_back(fmt::format("{} says it is killed by {}, spec.json says by {}", file,
                                fmt::join(header.killed_by, ", "), fmt::join(entry.killed_by, ", ")));
  }
  if (header.expect != word(entry.expect)) {
    found.push_back(
        fmt::format("{} expects \"{}\", spec.json \"{}\"", file, header.expect, word(entry.expect)));
  }
  return found;
}

}  // namespace corokit::moulinette
