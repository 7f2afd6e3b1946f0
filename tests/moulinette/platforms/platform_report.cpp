#include "platforms/platform_report.hpp"

#include "error.hpp"
#include "platforms/formats.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

/// What a report of this kind is printed by.
std::string_view command_of(ReportKind kind) {
  switch (kind) {
    case ReportKind::graded:
      return "grade";
    case ReportKind::validated:
      return "validate";
    case ReportKind::mutated:
      return "mutate";
  }
  return "";
}

}  // namespace

PlatformFormat::Write PlatformFormat::writer(ReportKind kind) const noexcept {
  switch (kind) {
    case ReportKind::graded:
      return of_graded;
    case ReportKind::validated:
      return of_validated;
    case ReportKind::mutated:
      return of_mutated;
  }
  return nullptr;
}

const std::vector<PlatformFormat>& platform_formats() {
  static const std::vector<PlatformFormat> formats{
      {"gradescope", "results.json", "Gradescope", gradescope, nullptr, nullptr, false},
      {"autolab", "-", "Autolab: feedback, and the scores in the last line", autolab, nullptr, nullptr,
       false},
      {"prairielearn", "results.json", "PrairieLearn", prairielearn, nullptr, nullptr, false},
      {"exercism", "results.json", "an Exercism test runner, version 3", exercism, nullptr, nullptr, true},
      {"classroom", "-", "GitHub Classroom: what its reporter takes, in base64", classroom, nullptr, nullptr,
       false},
      {"junit", "junit.xml", "JUnit XML", junit_of_graded, junit_of_validated, junit_of_mutated, false},
      {"sarif", "results.sarif", "SARIF: what compiler, norm and explorer say of lines", sarif, nullptr,
       nullptr, false},
      {"mutation", "mutation.json", "the mutation testing report; FILE.html is one page", nullptr,
       mutation_of_validated, mutation_of_mutated, false},
      {"mutation-page", "mutation.html", "the same as one page", nullptr, mutation_page_of_validated,
       mutation_page_of_mutated, false},
  };
  return formats;
}

const PlatformFormat& find_format(std::string_view name) {
  const auto& formats = platform_formats();
  const auto found = std::ranges::find(formats, name, &PlatformFormat::name);
  if (found != formats.end()) return *found;
  std::vector<std::string_view> names;
  for (const PlatformFormat& format : formats) names.push_back(format.name);
  throw misuse(fmt::format("There is no report \"{}\". There is: {}.", name, fmt::join(names, ", ")));
}

std::string to_text(const Json& object) {
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void require_kind(const PlatformFormat& format, ReportKind kind) {
  if (format.writer(kind)) return;
  std::vector<std::string_view> commands;
  for (const ReportKind other : {ReportKind::graded, ReportKind::validated, ReportKind::mutated})
    if (format.writer(other)) commands.push_back(command_of(other));
  throw misuse(fmt::format("The report \"{}\" is made of what {} finds, not of what {} does.", format.name,
                           fmt::join(commands, " or "), command_of(kind)));
}

std::string platform_report(const PlatformFormat& format, const Json& report,
                            const PlatformOptions& options) {
  const ReportKind kind = kind_of_report(report);
  require_kind(format, kind);
  // What a solution prints may be no UTF-8; every writer may rely on it.
  return format.writer(kind)(Json::parse(report.dump(-1, ' ', false, Json::error_handler_t::replace)),
                             options);
}

}  // namespace corokit::moulinette
