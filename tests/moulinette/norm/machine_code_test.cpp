#include "norm/machine_code.hpp"

#include "exercise/manifest.hpp"
#include "testing/support.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <chrono>
#include <string>
#include <vector>

namespace corokit::moulinette {
namespace {

using namespace std::string_view_literals;

#if defined(__aarch64__)
constexpr const char* kCall = "svc #0";
#else
constexpr const char* kCall = "syscall";
#endif

/// The findings in the object file of a source.
std::vector<NormFinding> check(const std::string& source) {
  const Workspace workspace;
  const auto file = workspace.path() / "x.cpp";
  const auto object = workspace.path() / "x.o";
  write_text(file, source);
  const std::string compiler = load_manifest(load_kit(TOY_KIT).front().manifest).compile.front();
  const Finished finished = run({compiler, "-O1", "-c", file.string(), "-o", object.string()});
  EXPECT_TRUE(finished.succeeded()) << finished.output;
  return check_machine_code(object, false, nobody_interrupts());
}

TEST(MachineCode, ThatCallsTheSystemIsFoundWithItsFunction) {
  const auto findings = check(std::string("void mine() { asm volatile(\"") + kCall + "\"); }\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, "mine()");
}

TEST(MachineCode, ThatOnlyLooksLikeACallIsNotOne) {
  EXPECT_TRUE(may_call_system(EM_X86_64, "\xb8\x0f\x05\x00\x00"sv));  // mov eax, 0x50f
  EXPECT_TRUE(check("int mine() { return 0x50f; }\n").empty());
  EXPECT_TRUE(
      check("struct A { ~A(); }; thread_local int i; A a; inline int j = 3; int* k() { return &i; }\n")
          .empty());
}

TEST(MachineCode, MayCallTheSystemWhereItHasTheBytes) {
  EXPECT_TRUE(may_call_system(EM_X86_64, "\x90\x0f\x05"sv));
  EXPECT_TRUE(may_call_system(EM_X86_64, "\x0f\x34"sv));
  EXPECT_TRUE(may_call_system(EM_X86_64, "\xcd\x80"sv));
  EXPECT_FALSE(may_call_system(EM_X86_64, "\x0f\x04\x05\xcd\x0f"sv));
  EXPECT_TRUE(may_call_system(EM_AARCH64, "\x1f\x20\x03\xd5\x01\x00\x00\xd4"sv));  // nop; svc #0
  EXPECT_TRUE(may_call_system(EM_AARCH64, "\xe1\xff\x1f\xd4"sv));                  // svc #0xffff
  EXPECT_FALSE(
      may_call_system(EM_AARCH64, "\x00\x00\x01\x00\x00\xd4\x00\x00"sv));  // not at a multiple of four
}

/// A function that calls the system, with many jumps; its readable name has 2 to the power of `depth` parts.
std::string nested_function(int depth) {
  std::string source = "template <class A, class B> struct P {};\nusing T0 = P<int, char>;\n";
  for (int i = 1; i <= depth; ++i) source += fmt::format("using T{} = P<T{}, T{}>;\n", i, i - 1, i - 1);
  source += "void f(T" + std::to_string(depth) + "*, volatile int& x) {\n";
  for (int i = 0; i < 100; ++i) source += "if (x == 3) x = 5; else x = 7;\n";
  return source + "asm volatile(\"" + kCall + "\"); }\n";
}

TEST(MachineCode, IsReadAtOnceWhateverItsFunctionsAreCalled) {
  for (const int depth : {16, 100}) {
    const auto begin = std::chrono::steady_clock::now();
    const auto findings = check(nested_function(depth));
    ASSERT_EQ(findings.size(), 1U) << depth;
    EXPECT_TRUE(findings[0].symbol.starts_with("_Z1fP1PI")) << findings[0].symbol;
    EXPECT_LT(findings[0].symbol.size(), 200U);
    EXPECT_EQ(findings[0].rule, "system_calls");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
}

TEST(MachineCode, ThatIsTooLargeIsAFinding) {
  // The name of the function stands at each jump of the assembler text, which grows past its limit.
  const std::string name(20'000, 'a');
  std::string source = "#define J if (x == 3) x = 5; else x = 7;\n#define J8 J J J J J J J J\n";
  source += "#define J64 J8 J8 J8 J8 J8 J8 J8 J8\n#define J512 J64 J64 J64 J64 J64 J64 J64 J64\n";
  source += "void " + name + "(volatile int& x) { J512 J512 J512 J512 J512 J512 J512 J512 asm volatile(\"";
  const auto findings = check(source + kCall + "\"); }\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, "the machine code");
  EXPECT_EQ(findings[0].rule, "system_calls");
}

TEST(MachineCode, OfATemplateIsFoundInItsOwnSection) {
  const auto findings = check(std::string("template <class T> void mine(T) { asm volatile(\"") + kCall +
                              "\"); }\ntemplate void mine<int>(int);\ntemplate void mine<char>(char);\n");
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].symbol, "void mine<int>(int)");
  EXPECT_EQ(findings[1].symbol, "void mine<char>(char)");
}

TEST(MachineCode, OfASectionOfItsOwnIsFound) {
  const auto findings = check("[[gnu::constructor(101)]] void mine() { asm(\"\"); }\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, ".init_array.00101");
}

}  // namespace
}  // namespace corokit::moulinette
