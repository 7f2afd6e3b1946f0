#include "exercise/norm_rules.hpp"
#include "platforms/compiler_messages.hpp"
#include "platforms/conditions.hpp"
#include "platforms/formats.hpp"
#include "platforms/platform_report.hpp"
#include "platforms/text.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <map>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

/// Returns: a path as a URI: relative, or "file:///…".
std::string uri_of(const std::string& path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) || (c != '\0' && std::strchr("-._~/+@,", c)))) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", byte);
    }
  }
  return uri;
}

/// Collects results and the rules that they name.
class Log {
 public:
  explicit Log(const Json& graded) : file_(graded.at("implementation")) {}

  /// Adds a result. `rule` is said in words where it comes for the first time, and in more words if `more` has some.
  Json& add(const std::string& id, const std::string& rule, const char* level, const std::string& text,
            const std::string& more = "") {
    if (rules_.emplace(id, rules_.size()).second) {
      described_.push_back({{"id", id}, {"shortDescription", {{"text", rule}}}});
      if (!more.empty()) described_.back()["fullDescription"]["text"] = more;
    }
    results_.push_back({{"ruleId", id},
                        {"ruleIndex", rules_.at(id)},
                        {"level", level},
                        {"message", {{"text", text.empty() ? rule : text}}}});
    return results_.back();
  }

  /// Returns: a place; a file whose name is that of the solution is the solution.
  Json location(const std::string& file, std::size_t line, std::size_t column) const {
    const std::filesystem::path name = std::filesystem::path(file).filename();
    const bool is_solution = file.empty() || name == std::filesystem::path(file_).filename();
    Json place{{"artifactLocation", {{"uri", uri_of(is_solution ? file_ : file)}}}};
    if (line > 0) place["region"]["startLine"] = line;
    if (line > 0 && column > 0) place["region"]["startColumn"] = column;
    return {{"physicalLocation", std::move(place)}};
  }

  Json run(const Json& graded) && {
    return {{"tool", {{"driver", {{"name", "corokit moulinette"}, {"rules", std::move(described_)}}}}},
            {"results", std::move(results_)},
            {"properties",
             {{"exercise", graded.at("exercise")},
              {"verdict", graded.at("verdict")},
              {"conditions", conditions(graded)}}}};
  }

 private:
  std::string file_;
  std::map<std::string, std::size_t> rules_;
  Json described_ = Json::array();
  Json results_ = Json::array();
};

const char* level_of(CompilerMessage::Level level) {
  switch (level) {
    case CompilerMessage::Level::note:
      return "note";
    case CompilerMessage::Level::warning:
      return "warning";
    case CompilerMessage::Level::error:
      return "error";
  }
  return "none";
}

void add_compiler(Log& log, const Json& graded) {
  for (const CompilerMessage& message : compiler_messages(graded.at("compiler").get<std::string>())) {
    const char* level = level_of(message.level);
    const bool has_option = !message.option.empty();
    Json& result = log.add(
        has_option ? message.option : fmt::format("compiler-{}", level),
        has_option ? fmt::format("The compiler's {}", message.option) : fmt::format("A compiler's {}", level),
        level, message.text);
    if (message.file.empty()) continue;
    result["locations"].push_back(log.location(message.file, message.line, message.column));
    for (const CompilerMessage& note : message.notes) {
      if (note.file.empty()) continue;
      Json related = log.location(note.file, note.line, note.column);
      related["message"]["text"] = note.text;
      result["relatedLocations"].push_back(std::move(related));
    }
  }
}

/// Returns: what the norm says of a rule: what it refuses, and why and what to do instead.
std::pair<std::string, std::string> described(const std::string& name, Language language) {
  const NormRule rule = find_norm_rule(name);
  const auto said = [language](const std::string& text) {
    return language == Language::french ? norm_in_french(text) : text;
  };
  if (rule.name.empty()) return {said("What the norm does not allow in a solution"), ""};
  if (rule.why.empty()) return {said(rule.what), ""};
  const std::string colon = language == Language::french ? " : " : ": ";
  return {said(rule.what), said(rule.what) + colon + said(rule.why) + "; " + said(rule.replacement)};
}

void add_norm(Log& log, const Json& graded, Language language) {
  for (const Json& finding : graded.at("norm")) {
    const std::string named = finding.at("rule");
    const std::string rule = named.empty() ? "norm" : named;
    std::string text = plain(
        fmt::format("{}: {}", finding.at("symbol").get<std::string>(), finding.at("why").get<std::string>()));
    const std::string instead = plain(finding.value("replacement", std::string()));
    if (!instead.empty()) text += fmt::format("; {}", instead);
    const auto [what, more] = described(rule, language);
    Json& result = log.add(rule, what, "error", text, more);
    result["locations"].push_back(log.location(finding.value("file", std::string()),
                                               finding.at("line").get<std::size_t>(),
                                               finding.value("column", std::size_t{0})));
  }
}

/// What the explorer finds has the lines, "notify.hpp:25", that take part in it.
void add_explorer(Log& log, const Json& graded, const PlatformOptions& options) {
  for (const Json& test : graded.at("tests")) {
    const std::string finding = plain(test.at("finding").get<std::string>());
    if (finding.empty() || (!test.at("visible").get<bool>() && !options.release)) continue;
    std::string id = finding;
    std::ranges::replace(id, ' ', '-');
    Json& result = log.add(id, fmt::format("Found by a test: {}", finding), "error",
                           plain(test.at("message").get<std::string>()));
    for (const Json& where : test.at("where")) {
      const std::string place = where;
      const std::size_t colon = place.rfind(':');
      const bool has_line = colon != std::string::npos && colon + 1 < place.size() &&
                            place.size() - colon < 9 &&
                            std::all_of(place.begin() + static_cast<std::ptrdiff_t>(colon) + 1, place.end(),
                                        [](unsigned char c) { return std::isdigit(c) != 0; });
      if (has_line)
        result["locations"].push_back(
            log.location(place.substr(0, colon), std::stoul(place.substr(colon + 1)), 0));
    }
  }
}

}  // namespace

std::string sarif(const Json& graded, const PlatformOptions& options) {
  Log log(graded);
  add_norm(log, graded, options.language);
  add_compiler(log, graded);
  add_explorer(log, graded, options);
  return to_text({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                  {"version", "2.1.0"},
                  {"runs", Json::array({std::move(log).run(graded)})}});
}

}  // namespace corokit::moulinette
