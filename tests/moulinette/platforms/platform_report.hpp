#pragma once
#include "platforms/shown.hpp"
#include "report/report_schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// A file that a platform reads, and how it is made from what `grade`, `validate` or `mutate` print with --json.
struct PlatformFormat {
  using Write = std::string (*)(const nlohmann::ordered_json& report, const PlatformOptions& options);

  std::string_view name;  // "gradescope"
  std::string_view file;  // what the platform calls it; "-" is standard output
  std::string_view what;  // in one line
  Write of_graded;        // null: there is none of this kind
  Write of_validated;
  Write of_mutated;
  bool has_verdict;  // the platform asks for status 0 from whoever wrote it, also if the solution fails

  Write writer(ReportKind kind) const noexcept;
};

/// Returns: all formats.
const std::vector<PlatformFormat>& platform_formats();

/// Returns: the format of this name. Throws: Error if there is none.
const PlatformFormat& find_format(std::string_view name);

/// Throws: Error if the format is not made of reports of this kind.
void require_kind(const PlatformFormat& format, ReportKind kind);

/// Writes a report for a platform. Whatever a solution has printed, the result is well formed, and UTF-8.
///
/// Throws: Error if the format is not made of such a report.
std::string platform_report(const PlatformFormat& format, const nlohmann::ordered_json& report,
                            const PlatformOptions& options);

/// Returns: an object as the formats have it that are JSON.
std::string to_text(const nlohmann::ordered_json& object);

}  // namespace corokit::moulinette
