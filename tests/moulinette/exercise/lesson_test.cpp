// What the pages of the ladder owe their readers: they are short, both languages have the same parts, and what they show
// as output is what a command prints.
#include "exercise/quiz.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

const fs::path kExercises = ROOT "/exercises";
constexpr std::string_view kOutput = "<!-- output: ";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) lines.push_back(line);
  return lines;
}

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> rungs() {
  std::vector<std::string> names;
  for (const auto& folder : fs::directory_iterator(kExercises))
    if (fs::exists(folder.path() / "lesson.md")) names.push_back(folder.path().filename());
  std::ranges::sort(names);
  return names;
}

/// The parts of a page: its headings, rows of tables, items of lists, and blocks, in their order.
std::string structure(const fs::path& page) {
  std::string parts;
  bool in_block = false;
  for (const std::string& line : lines_of(read_text(page))) {
    if (line.starts_with("```")) {
      if (!in_block) parts += line + '\n';
      in_block = !in_block;
    } else if (in_block) {
      continue;
    } else if (line.starts_with("#")) {
      parts += line.substr(0, line.find(' ')) + '\n';
    } else if (line.starts_with("|")) {
      parts += fmt::format("row of {}\n", std::ranges::count(line, '|'));
    } else if (line.starts_with(kOutput)) {
      parts += line + '\n';
    }
  }
  return parts;
}

class Lesson : public testing::TestWithParam<std::string> {
 protected:
  const fs::path folder_ = kExercises / GetParam();
};

TEST_P(Lesson, IsShort) {
  for (const char* page : {"lesson.md", "lecon.fr.md"}) {
    const std::size_t lines = lines_of(read_text(folder_ / page)).size();
    EXPECT_GE(lines, 60U) << page;
    EXPECT_LE(lines, 130U) << page;
  }
  const std::string stub = nlohmann::json::parse(read_text(folder_ / "spec.json")).at("file");
  EXPECT_LE(lines_of(read_text(folder_ / stub)).size(), 60U) << stub;
}

TEST_P(Lesson, HasTheSamePartsInBothLanguages) {
  EXPECT_EQ(structure(folder_ / "lesson.md"), structure(folder_ / "lecon.fr.md"));
  const Quiz english = load_quiz(folder_ / "quiz.json", GetParam());
  const Quiz french = load_quiz(folder_ / "quiz.fr.json", GetParam());
  ASSERT_EQ(english.questions.size(), french.questions.size());
  for (std::size_t i = 0; i < english.questions.size(); ++i) {
    EXPECT_EQ(english.questions[i].choices.size(), french.questions[i].choices.size()) << i;
    EXPECT_EQ(english.questions[i].answer, french.questions[i].answer) << i;
  }
}

TEST(TheFrontOfTheLadder, HasTheSamePartsInBothLanguages) {
  EXPECT_EQ(structure(kExercises / "README.md"), structure(kExercises / "README.fr.md"));
}

INSTANTIATE_TEST_SUITE_P(OfRung, Lesson, testing::ValuesIn(rungs()),
                         [](const auto& tested) { return "R" + tested.param; });

/// What a page shows as the output of a command.
struct Shown {
  std::string command;
  std::vector<std::string> lines;
};

std::vector<Shown> shown_in(const fs::path& page) {
  std::vector<Shown> all;
  bool in_block = false;
  for (const std::string& line : lines_of(read_text(page))) {
    if (line.starts_with(kOutput)) {
      all.push_back({line.substr(kOutput.size(), line.find(" -->") - kOutput.size()), {}});
    } else if (!all.empty() && line.starts_with("```")) {
      in_block = !in_block && all.back().lines.empty();
    } else if (in_block) {
      all.back().lines.push_back(trimmed(line));
    }
  }
  return all;
}

/// Returns: the first line of a block that does not come in the output, in its turn; empty if all do. "…" stands for some
///   that are left out.
std::string missing(const Shown& shown, const std::string& output) {
  const std::vector<std::string> printed = lines_of(output);
  auto at = printed.begin();
  for (const std::string& line : shown.lines) {
    if (line.empty() || line == "…") continue;
    at = std::find_if(at, printed.end(), [&line](const std::string& one) { return trimmed(one) == line; });
    if (at == printed.end()) return line;
    ++at;
  }
  return "";
}

/// Returns: the command with the place of its program.
std::string program_in(const std::string& command) {
  for (const auto& [name, place] :
       {std::pair("./moulinette ", MOULINETTE " "), std::pair("matrix_timeline ", TIMELINE " ")})
    if (command.starts_with(name)) return place + command.substr(std::string_view(name).size());
  return "echo no page shows what this prints";
}

class ShownOutput : public testing::TestWithParam<fs::path> {};

std::vector<fs::path> pages() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(kExercises))
    if (entry.path().extension() == ".md" && !shown_in(entry.path()).empty()) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

TEST_P(ShownOutput, IsWhatTheCommandPrints) {
  for (const Shown& shown : shown_in(GetParam())) {
    EXPECT_FALSE(shown.lines.empty()) << "no block follows: " << shown.command;
    const std::string output = shell("cd " ROOT " && " + program_in(shown.command)).output;
    EXPECT_EQ(missing(shown, output), "") << "is not printed by: " << shown.command << '\n' << output;
  }
}

INSTANTIATE_TEST_SUITE_P(On, ShownOutput, testing::ValuesIn(pages()), [](const auto& tested) {
  std::string name = tested.param.lexically_relative(kExercises).string();
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace corokit::moulinette
