#include "mutation/mutant.hpp"

#include "error.hpp"
#include "mutation/operators.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <set>

namespace corokit::moulinette {
namespace {

using Texts = std::vector<std::string>;

std::string function(const std::string& body) {
  return "Task<int> f(std::size_t n, CancellationToken token, OwnedSemaphorePermit slot) {\n  " + body +
         "\n}\n";
}

/// Returns: what the changed lines become in the mutants of one kind.
Texts mutants(const std::string& kind, const std::string& source) {
  Texts found;
  for (const Mutant& mutant : make_mutants("x.cpp", source))
    if (mutant.key.kind == kind) found.push_back(mutant.key.becomes);
  return found;
}

Texts in_function(const std::string& kind, const std::string& body) {
  return mutants(kind, function(body));
}

TEST(Operators, LeaveStatementsOut) {
  EXPECT_EQ(in_function("drop_statement", "co_await a.acquire();"), Texts{";"});
  EXPECT_EQ(in_function("drop_statement", "int x = 1;\n  return x;"), Texts{}) << "x is needed";
  EXPECT_EQ(in_function("drop_statement", "const Guard g(n);\n  return 1;"), Texts{";"})
      << "only its destructor counts";
}

TEST(Operators, MoveStatements) {
  EXPECT_EQ(in_function("move_statement", "permit.release();\n  co_await a;"),
            Texts{"co_await a; permit.release();"});
  EXPECT_EQ(in_function("move_statement", "if (token.is_cancelled()) co_return 1;\n  co_await a;"),
            Texts{"co_await a; if (token.is_cancelled()) co_return 1;"});
  EXPECT_EQ(in_function("move_statement", "auto x = co_await a;\n  f(x);"), Texts{}) << "x is needed";
  EXPECT_EQ(in_function("move_statement", "f();\n  g();"), Texts{}) << "nobody else sees the order";
  EXPECT_EQ(in_function("move_statement", "const auto t = now();\n  g();"), Texts{}) << "no time passes";
  EXPECT_EQ(in_function("move_statement", "const auto t = now();\n  co_await a;"),
            Texts{"co_await a; const auto t = now();"});
}

TEST(Operators, DoNotWaitForPermits) {
  EXPECT_EQ(in_function("no_waiting", "auto p = co_await s->acquire(1);"),
            Texts{"auto p = s->try_acquire(1);"});
  EXPECT_EQ(in_function("no_waiting", "auto p = co_await Semaphore::acquire_owned(s);"),
            Texts{"auto p = Semaphore::try_acquire_owned(s);"});
  EXPECT_EQ(in_function("no_waiting", "auto p = co_await sleep(d);"), Texts{});
}

TEST(Operators, GivePermitsBackTooEarly) {
  EXPECT_EQ(in_function("release_early", "co_await task;"),
            Texts{"{ auto gone = std::move(slot); } co_await task;"});
  EXPECT_EQ(mutants("release_early", "Task<> f() {\n  Permit p = take();\n  co_await work();\n}\n"),
            Texts{"{ auto gone = std::move(p); } co_await work();"});
  EXPECT_EQ(
      in_function("release_early", "f();\n  co_await task;\n  g();"),
      (Texts{"{ auto gone = std::move(slot); } f();", "{ auto gone = std::move(slot); } co_await task;"}))
      << "nobody sees the difference behind the last await";
  EXPECT_EQ(in_function("release_early", "f(std::move(slot));\n  co_await task;"),
            Texts{"{ auto gone = std::move(slot); } f(std::move(slot));"});
}

TEST(Operators, DoThingsOnlyAfterASuccess) {
  EXPECT_EQ(in_function("success_only", "auto r = co_await task;\n  slots.release();\n  co_return r;"),
            Texts{"if (r) slots.release();"});
  EXPECT_EQ(
      in_function("success_only", "auto r = co_await task;\n  if (!r) co_return 1;\n  slots.release();"),
      Texts{})
      << "it is known by then";
}

TEST(Operators, SwallowErrorsAndThrowThem) {
  EXPECT_EQ(in_function("default_result", "co_return failure(1);"), Texts{"co_return {};"});
  EXPECT_EQ(in_function("default_result", "co_return std::nullopt;"), Texts{}) << "is empty already";
  EXPECT_EQ(in_function("throw_instead", "if (a) co_return Err<E>(e);"), Texts{"if (a) throw 0;"});
}

TEST(Operators, ChangeConditions) {
  EXPECT_EQ(in_function("skip_condition", "if (a) b();"), Texts{"if (false && (a)) b();"});
  EXPECT_EQ(in_function("skip_condition", "if (auto x = f()) g(x);"),
            Texts{"if (auto x = f(); false && (x)) g(x);"});
  EXPECT_EQ(in_function("skip_condition", "while (auto x = f()) g(x);"), Texts{}) << "C++ has no form for it";
  EXPECT_EQ(in_function("negate_condition", "while (a) b();"), Texts{"while (!(a)) b();"});
  EXPECT_EQ(in_function("drop_operand", "return a && f(b || c);"),
            (Texts{"return f(b || c);", "return a;", "return a && f(c);", "return a && f(b);"}));
  EXPECT_EQ(in_function("drop_not", "return !a;"), Texts{"return a;"});
  EXPECT_EQ(in_function("other_branch", "return a ? b : c;"), Texts{"return a ? c : b;"});
  EXPECT_EQ(in_function("and_or", "return a && b;"), Texts{"return a || b;"});
  EXPECT_EQ(in_function("boundary", "return a < b;"), Texts{"return a <= b;"});
  EXPECT_EQ(in_function("boundary", "A<B> c;"), Texts{}) << "these are brackets";
  EXPECT_EQ(in_function("opposite", "return a == b;"), Texts{"return a != b;"});
}

TEST(Operators, ChangeNumbersAndParameters) {
  EXPECT_EQ(in_function("off_by_one", "f(3);"), (Texts{"f(4);", "f(2);"}));
  EXPECT_EQ(in_function("off_by_one", "f(n);"), (Texts{"f((n + 1));", "f((n - 1));"}));
  EXPECT_EQ(in_function("off_by_one", "std::get<0>(x);"), Texts{});
  EXPECT_EQ(in_function("constant_for_parameter", "f(n, token);"),
            (Texts{"f(1, token);", "f(n, CancellationToken());"}));
  EXPECT_EQ(in_function("arithmetic", "return a + 1;"), Texts{"return a - 1;"});
  EXPECT_EQ(in_function("arithmetic", "return \"a\" + b;"), Texts{}) << "texts know no minus";
  EXPECT_EQ(in_function("truth", "f(true);"), Texts{"f(false);"});
  EXPECT_EQ(in_function("unit", "milliseconds(1);"), Texts{"microseconds(1);"});
}

TEST(Operators, ChangeBoundsEndsAndOrders) {
  EXPECT_EQ(in_function("min_max", "std::min(a, b);"), Texts{"std::max(a, b);"});
  EXPECT_EQ(in_function("drop_bound", "std::min(a, b);"), (Texts{"(a);", "(b);"}));
  EXPECT_EQ(in_function("other_end", "x = q.front();"), Texts{"x = q.back();"});
  EXPECT_EQ(in_function("other_end", "first(q);"), Texts{}) << "this is no container";
  EXPECT_EQ(in_function("other_end", "q.push_back(1);"), Texts{"q.insert(q.begin(), 1);"});
  EXPECT_EQ(in_function("swap_arguments", "f(a, b);"), Texts{"f(b, a);"});
  EXPECT_EQ(in_function("swap_arguments", "f(\"a\", b, std::move(c));"), Texts{})
      << "these have different types";
  EXPECT_EQ(in_function("drop_bias", "co_await select(biased, a, b);"), Texts{"co_await select(a, b);"});
  EXPECT_EQ(in_function("loop_exit", "for (;;) break;"), Texts{"for (;;) continue;"});
}

TEST(Operators, TakeOneNameForAnother) {
  EXPECT_EQ(in_function("other_name", "a = Kind::timeout;\n  b = Kind::cancelled;"),
            (Texts{"a = Kind::cancelled;", "b = Kind::timeout;"}));
}

TEST(Operators, CopyWhatMustBeShared) {
  EXPECT_EQ(in_function("copy_for_share", "auto& x = y;"), Texts{"auto x = y;"});
  EXPECT_EQ(in_function("copy_for_share", "run([&x] { ++x; });"), Texts{"run([x] { ++x; });"});
  EXPECT_EQ(in_function("copy_for_share", "const auto& x = y;"), Texts{}) << "a copy is as good";
}

TEST(Operators, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Operator& kind : operators()) EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
}

TEST(Mutant, DiffersInOnePlaceAndHasAsManyLines) {
  const std::string source = read_text(ROOT "/orchestrator/src/priority_orchestrator.cpp");
  const auto made = make_mutants("x.cpp", source);
  ASSERT_GT(made.size(), 100U);
  std::set<std::string> sources;
  for (const Mutant& mutant : made) {
    EXPECT_EQ(std::ranges::count(mutant.source, '\n'), std::ranges::count(source, '\n')) << mutant.diff;
    EXPECT_TRUE(sources.insert(mutant.source).second) << mutant.diff;
  }
}

TEST(Mutant, HasADiffThatPatchApplies) {
  const std::string source = function("first();\n\n  // a comment\n  f(a,\n    b);\n  last();");
  for (const Mutant& mutant : make_mutants("x.cpp", source)) {
    const Workspace workspace;
    write_text(workspace.path() / "x.cpp", source);
    write_text(workspace.path() / "x.patch", mutant.diff);
    const Finished finished =
        shell("cd " + workspace.path().string() + " && patch --quiet --fuzz=0 -p1 < x.patch");
    EXPECT_EQ(finished.code, 0) << finished.output << mutant.diff;
    EXPECT_EQ(read_text(workspace.path() / "x.cpp"), mutant.source);
  }
}

TEST(Mutant, IsNamedByItsLineAndTheOneBefore) {
  const auto made =
      make_mutants("x.cpp", function("first();\n\n  // a comment\n  if (f(a,\n        b)) g();"));
  const auto skips =
      std::ranges::find(made, "skip_condition", [](const Mutant& mutant) { return mutant.key.kind; });
  ASSERT_NE(skips, made.end());
  EXPECT_EQ(skips->key.file, "x.cpp");
  EXPECT_EQ(skips->line, 5U);
  EXPECT_EQ(skips->key.line, "if (f(a, b)) g();");
  EXPECT_EQ(skips->key.becomes, "if (false && (f(a, b))) g();");
  EXPECT_EQ(skips->key.after, "first();");
}

TEST(Mutant, IsOneOfAFewInItsLineWhereThatIsAskedFor) {
  const auto chosen = [](const std::string& before) {
    const auto all = make_mutants("x.cpp", function(before + "\n  if (a < b && c > 3) f(n);"));
    Texts texts;
    for (const Mutant& mutant : thinned(all, 2))
      if (mutant.key.line.starts_with("if")) texts.push_back(mutant.key.becomes);
    return texts;
  };
  EXPECT_EQ(chosen("first();").size(), 2U);
  EXPECT_EQ(chosen("first();"), chosen("g(1 + 2);\n  h();")) << "other lines change nothing";
}

TEST(Mutant, OfAFileThatCannotBeReadNamesIt) {
  try {
    make_mutants("x.cpp", "{");
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("x.cpp: ")) << error.what();
  }
}

}  // namespace
}  // namespace corokit::moulinette
