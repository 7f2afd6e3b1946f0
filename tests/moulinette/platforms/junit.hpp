#pragma once
#include "platforms/shown.hpp"

#include <string>
#include <utility>
#include <vector>

namespace corokit::moulinette {

/// One case of a suite.
struct JunitCase {
  enum class Kind { passed, failure, error };

  std::string name;
  std::string classname;
  Kind kind = Kind::passed;
  std::string type;     // of the failure, such as "hung"
  std::string message;  // one line
  std::string text;     // more lines
};

/// The results of one solution, or of one exercise.
struct JunitSuite {
  std::string name;
  std::string package;
  std::string time;  // "2026-01-31T12:00:00"; empty: not known
  double seconds = 0;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<JunitCase> cases;
  std::string output;  // what was printed
};

/// Returns: the suite of a graded implementation.
JunitSuite junit_suite(const nlohmann::ordered_json& graded, const PlatformOptions& options);

/// Returns: XML. Ant's schema has no element for a case that was skipped, and asks for a time: what is not known is 0, or
///   the beginning of 1970.
std::string junit(const std::vector<JunitSuite>& suites);

}  // namespace corokit::moulinette
