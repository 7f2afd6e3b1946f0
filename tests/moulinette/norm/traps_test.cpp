// What each level of the norm sees of each trap: the files of traps/, whose first lines say so.
#include "norm/admission.hpp"
#include "norm/headers.hpp"
#include "norm/source.hpp"
#include "norm/syntax.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <ostream>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNothing = "nothing";

/// Returns: what stands behind a label in the first lines of a trap.
std::string labelled(const std::string& text, const std::string& label) {
  const std::size_t begin = text.find("// " + label + ": ");
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + label.size() + 5;
  return text.substr(from, text.find('\n', from) - from);
}

std::vector<fs::path> traps() {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(ROOT "/tests/moulinette/norm/traps"))
    files.push_back(file.path());
  std::ranges::sort(files);
  return files;
}

/// Returns: the rules that findings break, once each, in their order.
std::string rules_of(const std::vector<NormFinding>& findings) {
  std::string rules;
  for (const NormFinding& finding : findings)
    if (rules.find(finding.rule) == std::string::npos) rules += (rules.empty() ? "" : " ") + finding.rule;
  return rules.empty() ? kNothing : rules;
}

class Trap : public testing::TestWithParam<fs::path> {
 protected:
  static const Manifest& manifest() {
    static const Manifest alone = [] {
      Manifest toy = load_manifest(load_kit(TOY_KIT).front().manifest);
      // Traps need none of the given headers.
      const auto given = std::ranges::find(toy.compile, "-include");
      if (given != toy.compile.end()) toy.compile.erase(given, given + 2);
      return toy;
    }();
    return alone;
  }

  NormRead syntax() const {
    return check_syntax(GetParam(), manifest(), spec_.norm, spec_.limits, {}, nobody_interrupts());
  }

  const std::string text_ = read_text(GetParam());
  const Spec spec_ = strict_toy_spec();
};

TEST_P(Trap, IsSeenInTokens) {
  EXPECT_EQ(rules_of(check_source(text_, spec_.norm, Headers(manifest(), spec_.norm.headers))),
            labelled(text_, "Tokens"));
}

TEST_P(Trap, IsSeenInTheObjectFile) {
  const Workspace workspace;
  Compiled compiled = copy_submission(GetParam(), workspace.path());
  ASSERT_TRUE(compile(compiled, manifest(), spec_.limits, false, nobody_interrupts())) << compiled.message;
  EXPECT_EQ(rules_of(check_object(compiled.object, manifest(), spec_.norm, nobody_interrupts())),
            labelled(text_, "Object"));
}

TEST_P(Trap, IsSeenInTheSyntax) {
  const NormRead read = syntax();
  if (read.note.find("not installed") != std::string::npos) GTEST_SKIP() << read.note;
  EXPECT_EQ(rules_of(read.findings), labelled(text_, "Syntax")) << read.note;
  EXPECT_EQ(read.level, NormLevel::syntax) << read.note;
  for (const NormFinding& finding : read.findings) {
    EXPECT_GT(finding.line, 4U) << finding.symbol;
    EXPECT_GT(finding.column, 0U) << finding.symbol;
    EXPECT_NE(finding.why, "") << finding.symbol;
  }
}

INSTANTIATE_TEST_SUITE_P(Norm, Trap, testing::ValuesIn(traps()),
                         [](const auto& trap) { return trap.param.stem().string(); });

TEST(Traps, AreListedInTheReadme) {
  const std::string readme = read_text(ROOT "/tests/moulinette/README.md");
  for (const fs::path& file : traps()) {
    const std::string text = read_text(file);
    std::string trap = labelled(text, "Trap");
    if (trap.ends_with('.')) trap.pop_back();
    std::string row = "| " + trap;
    for (const char* level : {"Tokens", "Object", "Syntax"}) {
      const std::string seen = labelled(text, level);
      row += seen == kNothing ? " | –" : " | `" + seen + "`";
    }
    EXPECT_NE(readme.find(row + " |\n"), std::string::npos) << "missing: " << row << " |";
  }
}

}  // namespace
}  // namespace corokit::moulinette
