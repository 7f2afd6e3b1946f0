// Each file of this folder ends as its first lines say: by the norm of all exercises, and with the sandbox alone.
#include "sandbox/sandbox.hpp"
#include "testing/hostile_grade.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kScreen = 1500;  // characters of a sentence, at most

class HostileFile : public testing::TestWithParam<HostileCase> {
 protected:
  void expect_ends(const Expected& expected, bool norm_is_enforced) {
    ASSERT_FALSE(GetParam().text.empty()) << "the line in place of which it stands is not there";
    const HostileGrade program(GetParam().exercise, norm_is_enforced);
    const fs::path file = program.folder() / ("hostile" + GetParam().ending);
    write_text(file, GetParam().text);
    const Finished finished = program.grade(file);
    EXPECT_EQ(program.left_behind(), "");
    const Json graded = Json::parse(finished.output, nullptr, false);
    ASSERT_TRUE(graded.is_object()) << finished.output;
    // Without libclang the norm names a thing otherwise, or does not see it.
    const bool is_read = !norm_is_enforced || graded["norm_level"] == "syntax" || is_refused_before(graded);
    const bool is_other = !is_read && !GetParam().by_tokens.empty();
    EXPECT_EQ(outcomes_of(graded), is_other ? GetParam().by_tokens : expected.outcomes) << graded.dump(1);
    EXPECT_EQ(finished.code, outcomes_of(graded) == "passed" ? 0 : 1);
    const std::string sentences = sentences_of(graded);
    for (const std::string& text : expected.says) {
      const bool is_said = sentences.find(text) != std::string::npos;
      EXPECT_TRUE(is_said || !is_read) << text << "\nis not said:\n" << sentences;
    }
    for (const Json& test : graded["tests"]) {
      EXPECT_LT(test["message"].get<std::string>().size(), kScreen);
      EXPECT_TRUE(expected.outcomes != "refused" || test["schedules"] == 0) << test;
    }
  }

  static bool is_refused_before(const Json& graded) {
    return graded["norm_note"].get<std::string>().starts_with("What it does was not read");
  }
};

class Hostile : public HostileFile {};

TEST_P(Hostile, EndsAsItSays) {
  expect_ends(GetParam().with_norm, true);
}

class HostileWithoutTheNorm : public HostileFile {};

TEST_P(HostileWithoutTheNorm, EndsAsItSays) {
  if (sandbox().level != SandboxLevel::full) GTEST_SKIP() << sandbox().missing;
  expect_ends(GetParam().without_norm, false);
}

/// Returns: those that say what becomes of them where there is no norm.
std::vector<HostileCase> cases_without_the_norm() {
  std::vector<HostileCase> all = hostile_cases();
  std::erase_if(all, [](const HostileCase& of) { return of.without_norm.outcomes.empty(); });
  return all;
}

std::string name_of(const testing::TestParamInfo<HostileCase>& of) {
  return of.param.name;
}

INSTANTIATE_TEST_SUITE_P(File, Hostile, testing::ValuesIn(hostile_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(File, HostileWithoutTheNorm, testing::ValuesIn(cases_without_the_norm()), name_of);

}  // namespace
}  // namespace corokit::moulinette
