#include "report/norm_line.hpp"

#include "output/terminal_words.hpp"
#include "running/printable.hpp"

#include <fmt/format.h>

namespace corokit::moulinette {

std::string norm_line(const NormFinding& finding, Language language) {
  const std::string_view colon = language == Language::french ? " : " : ": ";
  std::string place = finding.file;
  if (finding.line > 0)
    place = place.empty() ? TerminalWords(language)("line {}", finding.line)
                          : fmt::format("{}:{}", place, finding.line);
  if (finding.line > 0 && finding.column > 0) place += fmt::format(":{}", finding.column);
  return printable(fmt::format("{}{}{}{}{}{}{}{}", place, place.empty() ? "" : ": ", finding.symbol, colon,
                               finding.why, finding.replacement.empty() ? "" : colon, finding.replacement,
                               finding.rule.empty() ? "" : " [" + finding.rule + "]"));
}

}  // namespace corokit::moulinette
