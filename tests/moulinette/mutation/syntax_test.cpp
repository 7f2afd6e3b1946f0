#include "mutation/syntax.hpp"

#include "error.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

std::vector<std::string> statements(const std::string& source) {
  const Syntax syntax(source);
  std::vector<std::string> found;
  for (const TokenRange& statement : syntax.statements()) found.emplace_back(syntax.text(statement));
  return found;
}

using Texts = std::vector<std::string>;

TEST(Syntax, FindsTheStatementsOfFunctions) {
  EXPECT_EQ(statements("namespace a {\nint x = 1;\nint f(int b) {\n  int c = {b};\n  return c;\n}\n}"),
            (Texts{"int c = {b};", "return c;"}));
}

TEST(Syntax, FindsTheStatementsThatDependOnConditions) {
  EXPECT_EQ(statements("void f() {\n  if (a) b();\n  while (c) d();\n  for (int i = 0; i < 3; ++i) e();\n}"),
            (Texts{"if (a) b();", "b();", "d();", "e();"}));
  EXPECT_EQ(statements("void f() {\n  if (a) {\n    b();\n  } else c();\n}"), (Texts{"b();", "c();"}));
  EXPECT_EQ(statements("void f() {\n  if (a) b();\n  else c();\n}"), (Texts{"b();", "c();"}))
      << "an `if` with an `else` is no simple statement";
}

TEST(Syntax, FindsTheStatementsOfLambdas) {
  EXPECT_EQ(statements("void f() {\n  run([&](int x) { g(x); });\n}"),
            (Texts{"run([&](int x) { g(x); });", "g(x);"}));
}

TEST(Syntax, KnowsFunctionsFromClassesAndLists) {
  EXPECT_EQ(statements("class A final : public B {\n  int x{0};\n  int f() const noexcept { return x; }\n};"),
            (Texts{"return x;"}));
  EXPECT_EQ(statements("template <class T>\nclass A {\n  A(T t) : t_{t}, u_(t) { g(); }\n};"),
            (Texts{"g();"}));
  EXPECT_EQ(statements("template <class T>\nvoid f(T t) {\n  g(t);\n}"), (Texts{"g(t);"}));
  EXPECT_EQ(statements("auto f() -> int {\n  return 1;\n}\nenum class E { a, b };"), (Texts{"return 1;"}));
  EXPECT_EQ(statements("void f() {\n  { g(); }\n}"), (Texts{"g();"}));
}

TEST(Syntax, SplitsArguments) {
  const Syntax syntax("void f() { g(a, h(b, c), std::pair<int, int>{1, 2}); }");
  Texts found;
  for (const TokenRange& argument : syntax.arguments(6)) found.emplace_back(syntax.text(argument));
  EXPECT_EQ(found, (Texts{"a", "h(b, c)", "std::pair<int, int>{1, 2}"}));
}

TEST(Syntax, FindsParametersAndWhereTheyAreUsed) {
  const Syntax syntax("A::A(std::size_t n, const B& b) : n_(n) { b.n = n; }\nvoid g(int unused);");
  const auto parameters = syntax.parameters();
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters[0].type, "std::size_t");
  EXPECT_EQ(parameters[0].name, "n");
  EXPECT_EQ(parameters[0].uses.size(), 2U) << "b.n is another n";
  EXPECT_EQ(parameters[1].type, "constB&");
  EXPECT_EQ(parameters[1].uses.size(), 1U);
}

TEST(Syntax, KnowsBinaryOperatorsByTheirBlanks) {
  const Syntax syntax("x = a < b; A<B> c;");
  EXPECT_TRUE(syntax.is_binary(3));
  EXPECT_FALSE(syntax.is_binary(7));
}

TEST(Syntax, RefusesBracketsThatDoNotMatch) {
  EXPECT_THROW(Syntax("void f() {"), Error);
  EXPECT_THROW(Syntax("}"), Error);
}

}  // namespace
}  // namespace corokit::moulinette
