#include "verdict/nearest.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <vector>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// The rungs that the build knows.
std::vector<std::string> rungs() {
  std::vector<std::string> names;
  for (const Exercise& exercise : load_kit(KIT))
    if (fs::exists(fs::path(ROOT "/tests/specified") / exercise.name / "plausible"))
      names.push_back(exercise.name);
  return names;
}

/// A wrong solution that is in no roster, and the mutant that its diagnosis names.
struct Plausible {
  std::string wrong;
  std::string nearest;  // "none" if none is named
  fs::path patch;
};

std::vector<Plausible> plausible(const std::string& rung) {
  std::vector<Plausible> all;
  for (const auto& entry : fs::directory_iterator(fs::path(ROOT "/tests/specified") / rung / "plausible")) {
    std::istringstream lines(read_text(entry.path()));
    Plausible one{.wrong = {}, .nearest = {}, .patch = entry.path()};
    for (std::string line; std::getline(lines, line) && !line.starts_with("--- ");) {
      if (line.starts_with("Wrong: ")) one.wrong = line.substr(7);
      if (line.starts_with("Nearest: ")) one.nearest = line.substr(9);
    }
    all.push_back(std::move(one));
  }
  std::ranges::sort(all, {}, &Plausible::patch);
  return all;
}

/// A line of the table of the diagnoses.
std::string row(const std::string& rung, const Plausible& one) {
  return fmt::format("| {} | {} | {} |\n", rung, one.wrong, one.nearest);
}

class NearestMutant : public testing::TestWithParam<std::string> {};

TEST_P(NearestMutant, SpeaksOfWhatBehavesLikeIt) {
  const std::string rung = GetParam();
  const std::string table = read_text(ROOT "/tests/specified/NEAREST.md");
  const Workspace workspace;
  std::size_t named = 0;
  const std::vector<Plausible> all = plausible(rung);
  for (const Plausible& one : all) {
    const std::string reference =
        Json::parse(read_text(fs::path(ROOT "/exercises") / rung / "spec.json")).at("roster").at("reference");
    const fs::path file = workspace.path() / one.patch.filename().replace_extension(".hpp");
    const Finished patched = run({"patch", "--quiet", "--fuzz=0", "--output=" + file.string(),
                                  fmt::format("{}/{}", ROOT, reference), one.patch.string()});
    ASSERT_TRUE(patched.succeeded()) << one.patch << patched.output;
    const fs::path report = workspace.path() / "report.json";  // too long for what is kept of an output
    const Finished graded =
        shell(fmt::format(MOULINETTE " grade {} {} --json >{}", rung, file.string(), report.string()));
    ASSERT_EQ(graded.code, 1) << one.patch << graded.output;
    const Json nearest = Json::parse(read_text(report)).at("nearest");
    const std::string name = nearest.is_null() ? "none" : nearest.at("name").get<std::string>();
    EXPECT_EQ(name, one.nearest) << one.patch;
    EXPECT_NE(table.find(row(rung, one)), std::string::npos) << "the table has no line\n" << row(rung, one);
    named += name == "none" ? 0 : 1;
  }
  EXPECT_GE(all.size(), 3U);
  EXPECT_GE(3 * named, 2 * all.size()) << "at least two of three are told what they look like";
}

INSTANTIATE_TEST_SUITE_P(OfRung, NearestMutant, testing::ValuesIn(rungs()),
                         [](const auto& tested) { return "R" + tested.param; });

TEST(NearestMutants, StandInATableWithoutOthers) {
  std::string lines;
  for (const std::string& rung : rungs())
    for (const Plausible& one : plausible(rung)) lines += row(rung, one);
  const std::string table = read_text(ROOT "/tests/specified/NEAREST.md");
  EXPECT_EQ(table.substr(std::min(table.size(), table.find("\n|---") == std::string::npos
                                                    ? table.size()
                                                    : table.find('\n', table.find("\n|---") + 1) + 1)),
            lines);
}

}  // namespace
}  // namespace corokit::moulinette
