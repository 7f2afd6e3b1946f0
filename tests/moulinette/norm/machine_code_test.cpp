#include "norm/machine_code.hpp"

#include "exercise/manifest.hpp"
#include "testing/support.hpp"

#include <elf.h>
#include <gtest/gtest.h>

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

TEST(MachineCode, OfASectionOfItsOwnIsFound) {
  const auto findings = check("[[gnu::constructor(101)]] void mine() { asm(\"\"); }\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, ".init_array.00101");
}

}  // namespace
}  // namespace corokit::moulinette
