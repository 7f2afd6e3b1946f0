#include "report/report_schema.hpp"

#include "error.hpp"
#include "exercise/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {

using Json = nlohmann::json;

std::string_view word(ReportKind kind) noexcept {
  switch (kind) {
    case ReportKind::graded:
      return "graded";
    case ReportKind::validated:
      return "validated";
    case ReportKind::mutated:
      return "mutated";
  }
  return "unknown";
}

ReportKind kind_of_report(const Json& report) {
  const auto version = report.is_object() ? report.find("schema_version") : report.end();
  if (version == report.end() || !version->is_number_integer())
    throw misuse("This is no report: grade, validate and mutate write one with --json.");
  if (*version != kReportVersion) {
    throw misuse(fmt::format(
        "The report has version {}, and this program reads version {}: make it anew with this program.",
        version->dump(), kReportVersion));
  }
  if (report.contains("mutants")) return ReportKind::mutated;
  return report.contains("implementations") ? ReportKind::validated : ReportKind::graded;
}

std::vector<std::string> report_violations(const Json& report, ReportKind kind, const std::string& name) {
  const Json all = read_json(COROKIT_REPORT_SCHEMA);
  Json schema = all.at("$defs").at(std::string(word(kind)));
  schema["$defs"] = all.at("$defs");
  return violations(report, schema, name);
}

}  // namespace corokit::moulinette
