// Plays all programs of programs/, and all mutants of their headers in mutants/explorer/: each must come to what its
// first lines say. See program.hpp.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// A program, and what the explorer has to say of it.
struct Case {
  std::string name;  // of the test
  std::string program;
  std::string options;
  std::string verdict;
  fs::path library;  // the shared object

  friend std::ostream& operator<<(std::ostream& out, const Case& shown) {
    return out << shown.program << ": " << shown.verdict;
  }
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> files_in(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::vector<Case> programs() {
  static const std::regex explored("// Explored: (\\w+)((?: --[a-z-]+ \\d+)*): (.*)");
  std::vector<Case> cases;
  for (const fs::path& source : files_in(COROKIT_PROGRAMS, ".cpp")) {
    const fs::path library = fs::path(COROKIT_BUILT) / source.stem().concat(".so");
    for (const std::string& line : lines_of(source)) {
      std::smatch parts;
      if (std::regex_match(line, parts, explored))
        cases.push_back({parts[1], parts[1], parts[2], parts[3], library});
    }
  }
  return cases;
}

std::vector<Case> mutants() {
  const std::vector<Case> all = programs();
  std::vector<Case> cases;
  for (const fs::path& patch : files_in(COROKIT_MUTANTS, ".patch")) {
    std::map<std::string, std::string> head;
    for (const std::string& line : lines_of(patch))
      if (const auto colon = line.find(": "); colon != std::string::npos)
        head.emplace(line.substr(0, colon), line.substr(colon + 2));
    const auto killer = std::ranges::find(all, head["Killed-by"], &Case::program);
    Case mutant{patch.stem().string(), head["Killed-by"], "", head["Expect"],
                fs::path(COROKIT_BUILT) / "mutants" / patch.stem().concat(".so")};
    if (killer != all.end()) mutant.options = killer->options;
    cases.push_back(mutant);
  }
  return cases;
}

/// Returns: what a command prints, and its exit status in the last line.
std::string output_of(const std::string& command) {
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  const int status = pclose(pipe);
  return output + (WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                     : "a crash of the explorer");
}

/// Returns: how the report of a program begins that comes to a verdict.
std::string beginning(const std::string& verdict) {
  static const std::map<std::string, std::string> sentences{
      {"right", "right: "},
      {"broken", "this does not hold: "},
      {"not reached", "never reached "},
      {"not deterministic", "the program is not deterministic: "},
      {"too large", "(the budget is too small|the program is too large)"}};
  const auto found = sentences.find(verdict);
  return found != sentences.end() ? found->second : "an? " + verdict + "(:| )";
}

class Programs : public testing::TestWithParam<Case> {};

TEST_P(Programs, ComeToTheirVerdict) {
  const Case& tested = GetParam();
  const std::string command =
      std::string(COROKIT_EXPLORE) + " '" + tested.library.string() + "' " + tested.program + tested.options;
  const std::string report = output_of(command);
  // The program may have printed something before.
  const std::regex says("(^|\n)" + tested.program + ": " + beginning(tested.verdict));
  EXPECT_TRUE(std::regex_search(report, says))
      << command << "\nis expected to find: " << tested.verdict << '\n'
      << report;
  EXPECT_EQ(report, output_of(command)) << "two runs give two reports";
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Plain, Programs, testing::ValuesIn(programs()), name_of);
INSTANTIATE_TEST_SUITE_P(Mutant, Programs, testing::ValuesIn(mutants()), name_of);

}  // namespace
