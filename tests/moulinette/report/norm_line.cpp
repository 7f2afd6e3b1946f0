#include "report/norm_line.hpp"

#include "running/printable.hpp"

#include <fmt/format.h>

namespace corokit::moulinette {

std::string norm_line(const NormFinding& finding) {
  std::string place = finding.file;
  if (finding.line > 0) place += fmt::format("{}{}", place.empty() ? "line " : ":", finding.line);
  if (finding.line > 0 && finding.column > 0) place += fmt::format(":{}", finding.column);
  return printable(fmt::format("{}{}{}: {}{}{}{}", place, place.empty() ? "" : ": ", finding.symbol,
                               finding.why, finding.replacement.empty() ? "" : ": ", finding.replacement,
                               finding.rule.empty() ? "" : " [" + finding.rule + "]"));
}

}  // namespace corokit::moulinette
