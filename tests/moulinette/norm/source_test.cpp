#include "norm/source.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <utility>

namespace corokit::moulinette {
namespace {

Manifest toy_manifest() {
  return load_manifest(load_kit(TOY_KIT).front().manifest);
}

std::vector<NormFinding> check(const std::string& source) {
  static const Spec spec = strict_toy_spec();
  static const Headers headers(toy_manifest(), spec.norm.headers);
  return check_source(source, spec.norm, headers);
}

/// Returns: "symbol:line" of the first finding, or "" if there is none.
std::string first(const std::string& source) {
  const auto findings = check(source);
  return findings.empty() ? "" : findings[0].symbol + ":" + std::to_string(findings[0].line);
}

TEST(SourceTokens, AreWhatACompilerSees) {
  const std::pair<const char*, std::vector<std::string>> cases[]{
      {"a /* b */ c // d\ne", {"a", "c", "e"}},
      {"as\\\nm \\  \nb", {"asm", "b"}},
      {"// a \\\nb\nc", {"c"}},
      {"\"a\\\"b\" c 'd' e", {"\"", "c", "'", "e"}},
      {"R\"x(a\n)\" b)x\" c", {"\"", "c"}},
      {"u8R\"(a \\\n)\" c", {"\"", "c"}},
      {"xR\"(a)\" c", {"xR", "\"", "c"}},
      {"1'000'a 0x1p-3 .5e+3f b", {"1'000'a", "0x1p-3", ".5e+3f", "b"}},
      {"\"open\nc", {"\"", "c"}},
      {"#include <it's> // x\nb", {"#", "include", "<it's>", "b"}},
      {"%:include \"a\\\" b\n", {"#", "include", "\"a\\\"", "b"}},
      {"#if __has_include(</*>)\nb", {"#", "if", "__has_include", "(", "</*>", ")", "b"}},
      {"\xef\xbb\xbf#define é b", {"#", "define", "é", "b"}}};
  for (const auto& [source, texts] : cases) {
    std::vector<std::string> found;
    for (const SourceToken& token : source_tokens(source)) found.push_back(token.text);
    EXPECT_EQ(found, texts) << source;
  }
}

TEST(SourceTokens, KnowTheirLines) {
  const auto tokens = source_tokens("a\nb\\\nc R\"(\n\n)\" d\n/*\n*/ # e");
  ASSERT_EQ(tokens.size(), 6U);
  EXPECT_EQ(tokens[1].text, "bc");
  EXPECT_EQ(tokens[1].line, 2U);
  EXPECT_EQ(tokens[3].text, "d");
  EXPECT_EQ(tokens[3].line, 5U);
  EXPECT_TRUE(tokens[4].starts_line);
  EXPECT_FALSE(tokens[5].starts_line);
}

TEST(SourceNorm, LetsOrdinarySourcesPass) {
  for (const char* source :
       {"#include \"toy.hpp\"\n#include <vector>\n#include <sys/types.h>\n#include <corokit/task.hpp>\n",
        "#pragma once\n#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Wshadow\"\n",
        "#define JOIN(a, b) a##b\n#define LATER(x) auto JOIN(later_, __LINE__) = x\n",
        "#define LOG(text, ...) std::fprintf(stderr, text, ##__VA_ARGS__)\n#undef LOG\n#\n",
        "#if __has_include(<expected>) && __cplusplus > 202002L\n#elif 0\n#else\n#error \"don't\"\n#endif\n",
        "struct A { A(const A&) = delete; void* operator new(std::size_t); std::chrono::seconds time; };\n",
        "int constructor; namespace s = std; using namespace std::chrono_literals;\n",
        "int _Value; std::string text = \"asm #include </etc/shadow>\"; // asm\n",
        "[[gnu::noinline]] void f() { __builtin_unreachable(); }\nconst char* here = __func__;\n",
        "#define SHOW(x) #x\r\n#define _GNU_SOURCE\r\nstruct assembly {};\r\n"})
    EXPECT_EQ(first(source), "") << source;
}

TEST(SourceNorm, FindsTheLineOfWhatItRefuses) {
  const std::pair<const char*, const char*> cases[]{
      {"int a;\nvoid f() { asm(\"syscall\"); }\n", "asm:2"},
      {"void f() { __asm__ volatile(\"\"); }\n", "__asm__:1"},
      {"\nas\\\nm(\"\");\n", "asm:2"},
      {"#define A(x, y) x##y\nA(as, m)(\"\");\n", "##:1"},
      {"#define A(x, y) x%:%:y\nA(a, sm)(\"\");", "##:1"},
      {"#define A(x, y, z) x##y##z\nA(a, s, m)(\"\");", "##:1"},
      {"#define A(x, y) x##y\nA(_, _asm__)(\"\");", "##:1"},
      {"#define A(x, y) x##y\nA(_Prag, ma)(\"\")", "##:1"},
      {"int* p = new int;\n", "new:1"},
      {"void f(int* p) {\n  delete p;\n}\n", "delete:2"},
      {"auto f(long* p) { return reinterpret_cast<int*>(p); }", "reinterpret_cast:1"},
      {"\nstd::mutex gate;", "std::mutex:2"},
      {"auto f() { return std::chrono::steady_clock::now(); }", "std::chrono::steady_clock::now:1"},
      {"[[gnu::constructor]] void f() {}", "constructor:1"},
      {"[[gnu::no_sanitize_thread]] void f() {}", "no_sanitize_thread:1"},
      {"__attribute__((optimize(0))) void f() {}", "optimize:1"},
      {"#include <link.h>\n_ElfW_1(a, s, m)(\"\");\n", "_ElfW_1:2"},
      {"void* f() { return __builtin_frame_address(1); }\n", "__builtin_frame_address:1"},
      {"int __libc_thing();\n", "__libc_thing:1"},
      {"_Pragma(\"weak f=send\")\n", "_Pragma:1"},
      {"#pragma weak f=send\n", "#pragma weak f = send:1"},
      {"#pragma redefine_extname mine send\n", "#pragma redefine_extname mine send:1"},
      {"#pragma GCC optimize(\"O0\")\n", "#pragma GCC optimize ( \" ):1"},
      {"#line 7 \"vector\"\n", "#line:1"},
      {"# 7 \"vector\" 3\n", "#7:1"},
      {"#include_next <vector>\n", "#include_next:1"},
      {"#define private public\n#include <corokit/task.hpp>\n", "#define private:1"},
      {"#define __THROW x\n", "#define __THROW:1"},
      {"#define NAME <vector>\n\n#include NAME\n", "#include NAME:3"},
      {"#include \"/etc/shadow\"\n", "/etc/shadow:1"},
      {"%:include \"/etc/shadow\"\n", "/etc/shadow:1"},
      {"/**/ # /**/ include/**/\"/etc/shadow\"\n", "/etc/shadow:1"},
      {"#include \"../solutions/reference.cpp\"\n", "../solutions/reference.cpp:1"},
      {"#include <c++/../../../etc/passwd>\n", "c++/../../../etc/passwd:1"},
      {"#include \"toy.cpp\"\n", "toy.cpp:1"},
      {"#include \"spec.json\"\n", "spec.json:1"},
      {"#include <gtest/gtest.h>\n", "gtest/gtest.h:1"},
      {"#include <it's>\n", "<it's>:1"},
      {"#embed \"/etc/shadow\"\n", "#embed:1"},
      {"int a; // \r asm(\"\");\n", "a control character:1"}};
  for (const auto& [source, finding] : cases) EXPECT_EQ(first(source), finding) << source;
}

TEST(SourceNorm, TriesOutWhatCanBePastedOnce) {
  // Each part of a word that is refused is a word, but none that has its end: the parts make its beginning in 2^40 ways.
  const std::string refused(40, 'a');
  NormRules rules;
  rules.words.rules = {{refused + "b", "is refused"}};
  const Headers headers(toy_manifest(), rules.headers);
  std::string source = "#define A(x, y) x##y\n";
  for (std::size_t length = 1; length <= refused.size(); ++length) source += refused.substr(0, length) + "\n";
  EXPECT_TRUE(check_source(source, rules, headers).empty());
  EXPECT_EQ(check_source(source + "b\n", rules, headers).size(), 1U);
}

TEST(SourceNorm, IsNotMisledByWhatLooksLikeTheStartOfAComment) {
  for (const char* source :
       {"#if 0\n#elif __has_include(</*>)\nR\"( */ asm(\"\"); // )\"\n#endif\n",
        "#include </*>\nasm(\"\");\n//*/\n", "int a = 1'0; asm(\"\"); // '\n",
        "#if 0\ndon't\n#endif\nasm(\"'\");\n", "auto x = R\"a()\" /* )a\"; asm(\"\"); /* */\n"}) {
    const auto findings = check(source);
    EXPECT_TRUE(std::ranges::any_of(findings, [](const auto& f) {
      return f.symbol == "asm" || f.symbol == "</*>";
    })) << source;
  }
}

TEST(SourceNorm, FindsTheLinesOfSymbols) {
  std::vector<NormFinding> findings{
      {"std::thread::join", ""}, {"std::thread::_State", ""}, {"fork", ""}, {"dup", "", 9}};
  find_lines(findings, "// join\nstd::thread t;\nt.join();\ndup(1);\n");
  EXPECT_EQ(findings[0].line, 3U);
  EXPECT_EQ(findings[0].column, 3U);
  EXPECT_EQ(findings[1].line, 2U);
  EXPECT_EQ(findings[2].line, 0U);
  EXPECT_EQ(findings[3].line, 9U);
}

TEST(Headers, ThatWereReadMustLieInAllowedFolders) {
  const Spec spec = toy_spec();
  const Manifest manifest = toy_manifest();
  const Headers headers(manifest, spec.norm.headers);
  EXPECT_TRUE(headers.allows(TOY "/exercise/toy.hpp"));
  EXPECT_TRUE(headers.allows(ROOT "/runtime/include/corokit/task.hpp"));
  EXPECT_TRUE(headers.allows(manifest.system.front() / "vector"));
  EXPECT_TRUE(headers.allows(manifest.system.front() / "bits/stl_vector.h"));
  for (const char* file :
       {TOY "/exercise/toy.cpp", TOY "/exercise/spec.json", TOY "/solutions/reference.cpp",
        ROOT "/tests/specified/harness/check.hpp", "/etc/passwd", "/usr/include/gtest/gtest.h"})
    EXPECT_FALSE(headers.allows(file)) << file;
}

TEST(Headers, AreReadFromWhatTheCompilerWrites) {
  const auto files = parse_dependencies("a.o: /x/a\\ b.cpp /y/c$$\\#.hpp \\\n z.hpp\n\nz.hpp:\n");
  EXPECT_EQ(files, (std::vector<std::filesystem::path>{"/x/a b.cpp", "/y/c$#.hpp", "z.hpp"}));
}

}  // namespace
}  // namespace corokit::moulinette
