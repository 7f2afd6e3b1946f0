#pragma once
#include "exercise/spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// The five lines that open every wrong implementation, a patch as well as a whole file (there as comments).
struct WrongHeader {
  std::string wrong;
  std::string plausible;
  std::vector<std::string> killed_by;  // names of tests, as the spec writes them
  std::string under;                   // "simulation" or "thread pool"
  std::string expect;
};

/// Reads them from the beginning of a file; throws Error naming the line that is missing.
WrongHeader parse_wrong_header(std::string_view text, const std::string& file);

/// Where the file and the roster of spec.json contradict each other, in sentences.
std::vector<std::string> disagreements(const WrongHeader& header, const RosterEntry& entry);

}  // namespace corokit::moulinette
