// Each file of toy/adversaries that says "Verdict: refused" is refused, for what it names, before anything of it runs.
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <filesystem>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// What the first lines of an adversary say.
struct Claim {
  std::string file;
  std::string verdict;
  std::string names;
};

std::string value_of(const std::string& text, const std::string& key) {
  const std::size_t at = text.find("// " + key + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size() + 5;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::vector<Claim> claims() {
  std::vector<Claim> all;
  for (const auto& item : fs::directory_iterator(TOY "/adversaries")) {
    const std::string text = read_text(item.path());
    Claim claim{item.path().string(), value_of(text, "Verdict"), value_of(text, "Names")};
    if (!claim.verdict.empty()) all.push_back(std::move(claim));
  }
  std::ranges::sort(all, {}, &Claim::file);
  return all;
}

class Adversary : public testing::TestWithParam<Claim> {
 protected:
  /// Grades the file by the norm of all exercises, without what the toy allows for the tests of the grader.
  Json grade() {
    fs::copy(TOY "/exercise", folder_);
    Json spec = toy_json();
    spec["norm"]["allowed"] = Json::array();
    write_text(folder_ / "spec.json", spec.dump());
    Json kit = Json::parse(read_text(TOY_KIT));
    kit[0]["spec"] = (folder_ / "spec.json").string();
    write_text(folder_ / "kit.json", kit.dump());
    const Finished finished =
        run({MOULINETTE, "grade", "toy", GetParam().file, "--json", "--kit", folder_ / "kit.json"});
    EXPECT_EQ(finished.code, 1) << finished.output;
    return Json::parse(finished.output);
  }

 private:
  Workspace workspace_;
  const fs::path folder_ = workspace_.path();
};

TEST_P(Adversary, IsRefusedByName) {
  const Json graded = grade();
  EXPECT_EQ(graded["verdict"], GetParam().verdict) << graded;
  const auto is_named = [](const Json& finding) { return finding["symbol"] == GetParam().names; };
  EXPECT_TRUE(std::ranges::any_of(graded["norm"], is_named)) << graded;
  for (const Json& test : graded["tests"]) {
    EXPECT_EQ(test["outcome"], "refused");
    EXPECT_EQ(test["schedules"], 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Toy, Adversary, testing::ValuesIn(claims()),
                         [](const auto& of) { return fs::path(of.param.file).stem().string(); });

TEST(Adversaries, AreMany) {
  EXPECT_GE(claims().size(), 30U);
}

}  // namespace
}  // namespace corokit::moulinette
