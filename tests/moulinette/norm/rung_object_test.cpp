// What the norm finds in an object file of a rung, which is compiled as the explorer needs it.
#include "norm/admission.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

#if defined(__aarch64__)
constexpr const char* kCall = "svc #0";
#else
constexpr const char* kCall = "syscall";
#endif

/// Returns: the findings, as "rule: symbol".
std::vector<std::string> findings_in(const std::string& source) {
  const Workspace workspace;
  const std::string file = workspace.path() / "x.cpp";
  const std::string object = workspace.path() / "x.o";
  write_text(file, source);
  const std::string compiler = load_manifest(load_kit(TOY_KIT).front().manifest).compile.front();
  const Finished finished = run({compiler, "-std=c++20", "-O1", "-fPIC", "-fsanitize=thread", "--param",
                                 "tsan-instrument-func-entry-exit=0", "-c", file, "-o", object});
  EXPECT_TRUE(finished.succeeded()) << finished.output;
  const NormRules rules =
      load_norm({{"allowed", nlohmann::json::array()}, {"refused", nlohmann::json::array()}}, true);
  std::vector<std::string> found;
  for (const NormFinding& finding : check_rung_object(object, rules, nobody_interrupts()))
    found.push_back(finding.rule + ": " + finding.symbol);
  return found;
}

TEST(RungObject, ThatCallsTheSystemIsFoundWithItsFunction) {
  const std::string call = std::string("asm volatile(\"") + kCall + "\");";
  EXPECT_EQ(findings_in("void mine() { " + call + " }\n"), std::vector<std::string>{"system_calls: mine()"});
  EXPECT_EQ(findings_in(std::string("asm(\"mine: ") + kCall + "\");\n"),
            std::vector<std::string>{"system_calls: mine"});
}

TEST(RungObject, OfAnOrdinarySourceHasNoFinding) {
  EXPECT_EQ(findings_in("#include <string>\nstruct A { ~A(); int b = 0; };\nA a;\nthread_local int i;\n"
                        "std::string f(int& x) { x = 0x50f; return std::to_string(x + i); }\n"),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace corokit::moulinette
