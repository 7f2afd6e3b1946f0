#include "exercise/wrong_header.hpp"

#include "error.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <sstream>

namespace corokit::moulinette {
namespace {

constexpr std::array<std::string_view, 5> kLabels{"Wrong", "Plausible", "Killed-by", "Under", "Expect"};
constexpr std::array kExpectations{Expect::wrong, Expect::crash, Expect::hang, Expect::refused};

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

/// What a label says, and the line in which it stands.
struct Labelled {
  std::string value;
  int line = 0;
};

// A sentence may go on in the next line.
std::map<std::string_view, Labelled> read_labels(std::string_view text) {
  std::map<std::string_view, Labelled> labels;
  Labelled* last = nullptr;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::string content = trimmed(line.starts_with("//") ? std::string_view(line).substr(2) : line);
    const std::size_t colon = content.find(':');
    const auto label = std::ranges::find(kLabels, std::string_view(content).substr(0, colon));
    if (colon != std::string::npos && label != kLabels.end()) {
      last = &labels[*label];
      *last = {trimmed(std::string_view(content).substr(colon + 1)), number};
    } else if (last && labels.size() < kLabels.size() && !content.empty()) {
      last->value += " " + content;
    } else {
      break;
    }
  }
  return labels;
}

Error misread(const std::string& file, const Labelled& at, const std::string& message) {
  return broken(fmt::format("{}:{}: {}", file, at.line, message));
}

std::vector<std::string> read_killers(const Labelled& list, const std::string& file, const Spec& spec) {
  std::vector<std::string> killers;
  std::istringstream items(list.value);
  for (std::string item; std::getline(items, item, ',');) {
    killers.push_back(snake_case(trimmed(item)));
    if (spec.find(killers.back())) continue;
    throw misread(
        file, list,
        fmt::format("\"Killed-by:\" names {}, which is no test or part of {}", trimmed(item), spec.exercise));
  }
  return killers;
}

std::string read_under(const Labelled& under, const std::string& file, const Spec& spec) {
  if (spec.is_rung) {
    if (under.value == "explorer") return under.value;
    throw misread(file, under, fmt::format("\"Under:\" is \"explorer\", not \"{}\"", under.value));
  }
  if (under.value == "simulation" || under.value == "thread pool") return under.value;
  throw misread(file, under,
                fmt::format("\"Under:\" is \"simulation\" or \"thread pool\", not \"{}\"", under.value));
}

// The kinds of findings, in the words of tests/explorer/program.hpp.
constexpr std::array<std::string_view, 14> kFindings{
    "data race", "deadlock", "lost wake-up",       "livelock",    "use after free", "double free",
    "leak",      "broken",   "uncaught exception", "not reached", "crash",          "not deterministic",
    "too large", "refused"};

std::string read_finding(const Labelled& expect, const std::string& file) {
  if (std::ranges::find(kFindings, expect.value) != kFindings.end()) return expect.value;
  throw misread(
      file, expect,
      fmt::format("\"Expect:\" is one of {}; not \"{}\"", fmt::join(kFindings, ", "), expect.value));
}

Expect read_expect(const Labelled& expect, const std::string& file) {
  const auto found =
      std::ranges::find_if(kExpectations, [&](Expect known) { return word(known) == expect.value; });
  if (found != kExpectations.end()) return *found;
  throw misread(file, expect,
                fmt::format("\"Expect:\" is wrong, crash, hang or refused, not \"{}\"", expect.value));
}

}  // namespace

std::string_view word(Expect expect) noexcept {
  switch (expect) {
    case Expect::wrong:
      return "wrong";
    case Expect::crash:
      return "crash";
    case Expect::hang:
      return "hang";
    case Expect::refused:
      return "refused";
  }
  return "unknown";
}

WrongHeader parse_wrong_header(std::string_view text, const std::string& file, const Spec& spec) {
  std::map<std::string_view, Labelled> labels = read_labels(text);
  for (const std::string_view label : kLabels) {
    if (!labels[label].value.empty()) continue;
    throw broken(fmt::format("{}:{}: a wrong implementation opens with the lines {}; \"{}:\" is missing",
                             file, std::max(labels[label].line, 1), fmt::join(kLabels, ", "), label));
  }
  WrongHeader header{labels["Wrong"].value, labels["Plausible"].value,
                     read_killers(labels["Killed-by"], file, spec), read_under(labels["Under"], file, spec)};
  if (spec.is_rung)
    header.finding = read_finding(labels["Expect"], file);
  else
    header.expect = read_expect(labels["Expect"], file);
  return header;
}

WrongHeader load_wrong_header(const std::filesystem::path& root, const std::filesystem::path& file,
                              const Spec& spec) {
  const auto text = read_if_possible(root / file);
  if (!text) throw broken(fmt::format("{} is in the roster and cannot be read", file.string()));
  return parse_wrong_header(*text, file.string(), spec);
}

}  // namespace corokit::moulinette
