#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A part of a specified test, as a source defines it: COROKIT_SPECIFIED_TEST(test), COROKIT_SPECIFIED_PART(test, part),
/// COROKIT_SPECIFIED_FUZZ(test, part, …), or COROKIT_EXPLORED(part) of a rung.
struct NamedTest {
  std::string part;
  std::string
      test;  // that it is a part of, its own name for the first part; empty: of a rung, where only spec.json says so
  std::filesystem::path file;
  int line = 0;
};

/// Returns: those of all sources in a folder, by file and line.
std::vector<NamedTest> named_tests(const std::filesystem::path& folder);

}  // namespace corokit::moulinette
