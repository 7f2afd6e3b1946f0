#include "norm/syntax.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

Json found(const char* what, const char* name, int line = 3) {
  return {{"what", what}, {"name", name}, {"line", line}, {"column", 7}};
}

NormRead judge(const Json& all, const Json& allowed = Json::array(), const char* blocking = "refused") {
  Json json = toy_json();
  json["norm"]["allowed"] = allowed;
  json["norm"]["blocking"] = blocking;
  const Json printed{{"found", all}, {"errors", Json::array()}, {"skipped", Json::array()}};
  return judge_syntax(printed, parse_spec(json, "toy").norm);
}

/// Returns: the rule that a thing breaks; empty if it breaks none.
std::string rule_of(const char* what, const char* name, const Json& allowed = Json::array(),
                    const char* blocking = "refused") {
  const NormRead read = judge(Json::array({found(what, name)}), allowed, blocking);
  return read.findings.empty() ? "" : read.findings[0].rule;
}

TEST(Syntax, IsJudgedByNames) {
  EXPECT_EQ(rule_of("name", "std::mutex"), "locks");
  EXPECT_EQ(rule_of("name", "std::condition_variable"), "blocking");
  EXPECT_EQ(rule_of("name", "std::chrono::steady_clock::now"), "clocks");
  EXPECT_EQ(rule_of("name", "corokit::Mutex::blocking_lock"), "blocking");
  EXPECT_EQ(rule_of("name", "std::chrono::milliseconds"), "");
  EXPECT_EQ(rule_of("name", "corokit::spawn_blocking"), "");
  EXPECT_EQ(rule_of("name", "std::vector::push_back"), "");
  EXPECT_EQ(rule_of("name", "sleep"), "") << "a C++ function of that name is none of C's";
}

TEST(Syntax, IsJudgedByFunctionsOfC) {
  EXPECT_EQ(rule_of("c_name", "usleep"), "blocking");
  EXPECT_EQ(rule_of("c_name", "syscall"), "system_calls");
  EXPECT_EQ(rule_of("c_name", "malloc"), "raw_new");
  EXPECT_EQ(rule_of("c_name", "login_tty"), "unknown");
  EXPECT_EQ(rule_of("c_name", "memcpy"), "");
  EXPECT_EQ(rule_of("c_name", "__builtin_expect"), "") << "a word of its own";
}

TEST(Syntax, IsJudgedByConstructs) {
  for (const char* rule :
       {"raw_new", "reinterpret_cast", "const_cast", "assembly", "before_main", "attributes"}) {
    EXPECT_EQ(rule_of(rule, "x"), rule);
    EXPECT_EQ(rule_of(rule, "x", Json::array({rule})), "") << "an exercise may allow it";
  }
}

TEST(Syntax, MayBlockAsFarAsTheExerciseSays) {
  EXPECT_EQ(rule_of("name", "std::mutex", Json::array(), "locks"), "");
  EXPECT_EQ(rule_of("name", "std::latch", Json::array(), "locks"), "blocking");
  EXPECT_EQ(rule_of("name", "std::latch", Json::array(), "allowed"), "");
  EXPECT_EQ(rule_of("name", "std::latch", Json::array({"std::latch"})), "") << "or by name";
}

TEST(Syntax, HasOneFindingForEachReasonAndLine) {
  const NormRead read =
      judge(Json::array({found("name", "std::mutex", 9), found("name", "std::mutex::lock", 4),
                         found("name", "std::mutex", 4), found("name", "std::vector", 1)}));
  ASSERT_EQ(read.findings.size(), 2U);
  EXPECT_EQ(read.findings[0].line, 4U);
  EXPECT_EQ(read.findings[0].column, 7U);
  EXPECT_EQ(read.findings[1].line, 9U);
  EXPECT_EQ(read.level, NormLevel::syntax);
  EXPECT_EQ(read.note, "");
}

TEST(Syntax, ThatIsNotReadWholeIsSaidToBe) {
  Json printed{{"found", Json::array()}, {"errors", Json::array()}, {"skipped", Json::array({4, 9})}};
  const NormRules rules = toy_spec().norm;
  EXPECT_EQ(judge_syntax(printed, rules).note,
            "What #if leaves out was read as tokens only: from line 4, 9.");
  EXPECT_EQ(judge_syntax(printed, rules).level, NormLevel::syntax);
  printed["errors"].push_back({{"line", 5}, {"column", 1}, {"message", "unknown type name 'x'"}});
  EXPECT_EQ(judge_syntax(printed, rules).level, NormLevel::tokens);
  EXPECT_NE(judge_syntax(printed, rules).note.find("in line 5, libclang finds an error"), std::string::npos);
  const NormRead without = judge_syntax({{"missing", "no such file"}}, rules);
  EXPECT_EQ(without.level, NormLevel::tokens);
  EXPECT_NE(without.note.find("apt-get install libclang1-19"), std::string::npos);
}

TEST(Syntax, ThatExhaustsItsReaderIsNoFault) {
  const Workspace workspace;
  const std::filesystem::path file = workspace.path() / "bomb.cpp";
  write_text(file,
             "template <int N, int M> struct Bomb { using Left = typename Bomb<N - 1, 2 * M>::Left;\n"
             "using Right = typename Bomb<N - 1, 2 * M + 1>::Left; };\n"
             "template <int M> struct Bomb<0, M> { using Left = int; };\nBomb<22, 0> bomb;\n");
  LimitsSpec limits = toy_spec().limits;
  limits.compile = std::chrono::seconds(1);
  const NormRead read = check_syntax(file, load_manifest(load_kit(TOY_KIT).front().manifest), toy_spec().norm,
                                     limits, {}, nobody_interrupts(), workspace.path());
  EXPECT_EQ(read.level, NormLevel::tokens);
  EXPECT_TRUE(read.findings.empty());
  EXPECT_TRUE(read.note.starts_with("Its syntax was not read: libclang ")) << read.note;
}

TEST(Syntax, IsReadInABoxAsItIsOutside) {
  const Workspace workspace;
  const std::filesystem::path file = workspace.path() / "solution.cpp";
  write_text(file,
             "#include \"toy.hpp\"\n#include <mutex>\nnamespace library = std;\nlibrary::mutex* gate;\n");
  const Manifest manifest = load_manifest(load_kit(TOY_KIT).front().manifest);
  const NormRead read = check_syntax(file, manifest, toy_spec().norm, toy_spec().limits, {},
                                     nobody_interrupts(), workspace.path());
  if (read.note.find("not installed") != std::string::npos) GTEST_SKIP() << read.note;
  EXPECT_EQ(read.level, NormLevel::syntax) << read.note;
  EXPECT_TRUE(read.is_fast) << "what is compiled in advance is in the box";
  ASSERT_EQ(read.findings.size(), 1U) << read.note;
  EXPECT_EQ(read.findings[0].symbol, "std::mutex");
  EXPECT_EQ(read.findings[0].line, 4U);
}

TEST(Syntax, OfTheGivenHeadersIsReadInAdvance) {
  const Workspace workspace;
  const std::filesystem::path file = workspace.path() / "solution.cpp";
  write_text(file, "int two() { return 2; }\n");
  const Manifest manifest = load_manifest(load_kit(TOY_KIT).front().manifest);
  const NormRead read =
      check_syntax(file, manifest, toy_spec().norm, toy_spec().limits, {}, nobody_interrupts());
  if (read.note.find("not installed") != std::string::npos) GTEST_SKIP() << read.note;
  EXPECT_TRUE(read.is_fast) << read.note;
}

TEST(Syntax, ThatCrashesItsReaderIsNoFault) {
  const Workspace workspace;
  const std::filesystem::path file = workspace.path() / "deep.cpp";
  write_text(file, "int deep = " + std::string(200'000, '(') + "1" + std::string(200'000, ')') + ";\n");
  const NormRead read = check_syntax(file, load_manifest(load_kit(TOY_KIT).front().manifest), toy_spec().norm,
                                     toy_spec().limits, {}, nobody_interrupts());
  EXPECT_EQ(read.level, NormLevel::tokens);
  EXPECT_TRUE(read.findings.empty());
  EXPECT_NE(read.note, "");
}

}  // namespace
}  // namespace corokit::moulinette
