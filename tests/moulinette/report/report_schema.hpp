#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// The version of the JSON that `grade`, `validate` and `mutate` print, in its key `schema_version`. It grows when a key
/// goes or means something else, not when one comes.
inline constexpr int kReportVersion = 1;

/// The objects that report.schema.json describes.
enum class ReportKind { graded, validated, mutated };
std::string_view word(ReportKind kind) noexcept;

/// Returns: what an object is by its keys, which need not be valid.
/// Throws: Error if it is none of the three, or if its version is not ours.
ReportKind kind_of_report(const nlohmann::json& report);

/// Checks an object that `grade`, `validate` or `mutate` printed against report.schema.json.
///
/// Returns: one sentence for each violation, which opens with `name`.
std::vector<std::string> report_violations(const nlohmann::json& report, ReportKind kind,
                                           const std::string& name);

}  // namespace corokit::moulinette
