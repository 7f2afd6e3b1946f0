// What a student could try instead of solving a rung: each is refused or fails, and says why; it earns nothing for it.
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <string_view>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kBegin = "#pragma once";
constexpr std::string_view kWait = "    while (!token_) woken_.wait(lock);\n";

struct Attack {
  const char* name;
  std::string_view place;  // in the reference of 03_block_on: replaced by
  const char* text;
  const char* verdict;
  const char* says;
};

std::ostream& operator<<(std::ostream& out, const Attack& attack) {
  return out << attack.name;
}

const Attack kAttacks[]{
    {"defines_a_macro_over_two_lines", kBegin, "#def\\\nine require(a, b)", "refused", "#define require"},
    {"defines_a_macro_by_digraph", kBegin, "%:define require(a, b)", "refused", "#define require"},
    {"names_the_tests_over_two_lines", kBegin, "namespace expl\\\nored {}", "refused", "explored"},
    {"chooses_itself", kBegin, "namespace mini { inline int choose(int) { return 0; } }", "refused",
     "choose"},
    {"hides_what_tests_call", kBegin, "namespace { void reached(...); }", "refused", "namespace {"},
    {"adds_to_std", kBegin, "namespace std { struct lock; }", "refused", "namespace std"},
    {"includes_the_other_solution", kBegin, "#include <03_block_on/./another_block_on.hpp>", "refused",
     "03_block_on/./another_block_on.hpp"},
    {"includes_another_rung", kBegin, "#include /* */ \"01_task/task.hpp\"", "refused", "01_task/task.hpp"},
    {"calls_the_kernel", kWait, "extern long syscall(long, ...); syscall(231, 0);", "refused", "syscall"},
    {"declares_write", kBegin,
     "extern \"C\" long write(int, const void*, unsigned long);\n"
     "inline long said = write(3, \"{}\", 2);",
     "refused", "write"},
    {"ends_in_a_constructor", kBegin, "#include <cstdlib>\ninline int ended = (std::exit(0), 0);", "refused",
     "exit"},
    {"aborts_in_a_constructor", kBegin, "#include <cstdlib>\ninline int ended = (std::abort(), 0);", "failed",
     "killed by SIGABRT before the first schedule"},
    {"forges_a_report", kWait,
     "    std::printf(\" {\\\"part\\\":\\\"park_waits_for_unpark\\\",\\\"outcome\\\":\\\"passed\\\"}\\n"
     "{\\\"outcome\\\":\\\"passed\\\"}\\n\");\n",
     "failed", "park() returns after unpark()"},
    {"is_binary", kBegin,
     "\x7f"
     "ELF\x02\x01",
     "refused", "a control character"},
};

class RungAdversary : public testing::TestWithParam<Attack> {};

TEST_P(RungAdversary, EarnsNothing) {
  const Attack& attack = GetParam();
  const Workspace workspace;
  std::string text = read_text(fs::path(TOY) / "../../../mutants/03_block_on/block_on.hpp");
  const std::size_t at = text.find(attack.place);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, attack.place.size(), attack.text);
  write_text(workspace.path() / "block_on.hpp", text);
  const Finished finished =
      run({MOULINETTE, "grade", "03_block_on", workspace.path() / "block_on.hpp", "--json", "--kit", KIT});
  ASSERT_EQ(finished.code, 1) << finished.output;
  const Json graded = Json::parse(finished.output, nullptr, false);
  ASSERT_TRUE(graded.is_object()) << finished.output;
  EXPECT_EQ(graded["verdict"], attack.verdict) << graded;
  EXPECT_LE(graded["score"], 10) << "a task that never waits needs no parker";
  EXPECT_NE(graded.dump().find(attack.says), std::string::npos) << graded;
}

INSTANTIATE_TEST_SUITE_P(Rung, RungAdversary, testing::ValuesIn(kAttacks),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace corokit::moulinette
