#include "exercise/named_tests.hpp"

#include "exercise/plain_code.hpp"
#include "whole_file.hpp"

#include <algorithm>
#include <regex>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

void read_tests(const fs::path& file, std::vector<NamedTest>& found) {
  static const std::regex macro(
      R"(\bCOROKIT_(SPECIFIED_TEST|SPECIFIED_PART|SPECIFIED_FUZZ|EXPLORED)\s*\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?[,)])");
  const std::string text = without_comments(read_file(file));
  for (std::sregex_iterator match(text.begin(), text.end(), macro), end; match != end; ++match) {
    const std::string kind = (*match)[1];
    const std::string first = (*match)[2];
    NamedTest test{
        .part = (*match)[3].matched ? (*match)[3].str() : first,
        .test = kind == "EXPLORED" ? "" : first,
        .file = file,
        .line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + match->position(), '\n'))};
    found.push_back(std::move(test));
  }
}

}  // namespace

std::vector<NamedTest> named_tests(const fs::path& folder) {
  std::vector<fs::path> sources;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed))
    if (entry.path().extension() == ".cpp") sources.push_back(entry.path());
  std::ranges::sort(sources);
  std::vector<NamedTest> found;
  for (const fs::path& source : sources) read_tests(source, found);
  return found;
}

}  // namespace corokit::moulinette
