#include "class/kit_digests.hpp"

#include "class/result_cache.hpp"
#include "norm/syntax.hpp"
#include "testing/changed_toy.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {
namespace fs = std::filesystem;

/// The toy, whose tests are in objects of their own: "adds" in one; "counts" in another, which calls a third.
class KitDigestsTest : public ChangedToy {
 protected:
  void SetUp() override {
    compile("adds", "const char* adds = \"adds\";");
    compile("counts",
            "int help(); const char* counts[] = {\"counts\", \"edge_nothing\", \"edge_turns\"}; "
            "int n = help();");
    compile("helper", "int help() { return 1; }");
    compile("harness", "int harness;");
    manifest_["link"] = {COMPILER,         object("harness"), "{solution}", object("adds"),
                         object("counts"), object("helper"),  "-pthread"};
  }

  std::string object(const std::string& name) const { return (folder_ / (name + ".o")).string(); }

  void compile(const std::string& name, const std::string& code) const {
    write_text(folder_ / (name + ".cpp"), code);
    const Finished made = run({COMPILER, "-c", (folder_ / (name + ".cpp")).string(), "-o", object(name)});
    ASSERT_EQ(made.code, 0) << made.output;
  }

  KitDigests digests(std::uint64_t seed = 1, const std::string& sandbox = "none") {
    Interrupt interrupt{Interrupt::WithoutSignals()};
    Session session(load_kit(write_kit()).front(), {}, interrupt);
    Selection selection;
    selection.seed = seed;
    session.select(selection);
    FileDigests files;
    return kit_digests(session, folder_ / "spec.json", sandbox, files);
  }
};

TEST_F(KitDigestsTest, AreTheSameForTheSameKit) {
  const KitDigests one = digests(), other = digests();
  EXPECT_EQ(one.compilation, other.compilation);
  EXPECT_EQ(one.tests, other.tests);
  EXPECT_NE(one.tests[0], one.tests[1]);
}

TEST_F(KitDigestsTest, OfATestChangeWithItsObject) {
  const KitDigests before = digests();
  compile("adds", "const char* adds = \"adds\"; int more;");
  const KitDigests after = digests();
  EXPECT_NE(before.tests[0], after.tests[0]);
  EXPECT_EQ(before.tests[1], after.tests[1]);
  EXPECT_EQ(before.compilation, after.compilation);
}

TEST_F(KitDigestsTest, OfATestChangeWithWhatItCalls) {
  const KitDigests before = digests();
  compile("helper", "int help() { return 2; }");
  const KitDigests after = digests();
  EXPECT_EQ(before.tests[0], after.tests[0]);
  EXPECT_NE(before.tests[1], after.tests[1]);
}

TEST_F(KitDigestsTest, OfAllTestsChangeWithTheHarnessTheSeedAndTheSandbox) {
  const KitDigests before = digests();
  const auto all_differ = [&before](const KitDigests& after) {
    return before.tests[0] != after.tests[0] && before.tests[1] != after.tests[1];
  };
  EXPECT_TRUE(all_differ(digests(2)));
  EXPECT_TRUE(all_differ(digests(1, "full")));
  spec_["schedules"] = 21;
  EXPECT_TRUE(all_differ(digests()));
  spec_["schedules"] = 20;
  compile("harness", "int harness; int more;");
  EXPECT_TRUE(all_differ(digests()));
}

TEST_F(KitDigestsTest, DoNotDependOnPointsAndHints) {
  const KitDigests before = digests();
  spec_["tests"][0]["points"] = 50;
  spec_["tests"][1]["points"] = 50;
  spec_["tests"][0]["hints"] = {"another one"};
  const KitDigests after = digests();
  EXPECT_EQ(before.tests, after.tests);
  EXPECT_EQ(before.compilation, after.compilation);
}

TEST(SyntaxReader, IsAnotherOneWithAnotherLibclang) {
  const std::string reader = syntax_reader();
  EXPECT_EQ(reader, syntax_reader());
  EXPECT_TRUE(reader.find("clang version 19") != std::string::npos ||
              reader.find("libclang-19.so") != std::string::npos)
      << reader;
}

TEST_F(KitDigestsTest, OfACompilationChangeWithTheNormAndTheFlags) {
  const KitDigests before = digests();
  spec_["norm"]["allowed"].push_back("getpid");
  EXPECT_NE(before.compilation, digests().compilation);
  spec_ = toy_json();
  manifest_["compile"].push_back("-O3");
  EXPECT_NE(before.compilation, digests().compilation);
}

TEST_F(KitDigestsTest, DependOnAllObjectsWhereNoneNamesATest) {
  TestSpec test;
  test.name = "unheard_of";
  const std::vector<fs::path> all{object("adds"), object("counts"), object("helper")};
  EXPECT_EQ(objects_of(test, all), all);
  test.name = "adds";
  EXPECT_EQ(objects_of(test, all), std::vector<fs::path>{object("adds")});
}

TEST(ResultCache, FindsWhatItKeeps) {
  const Workspace workspace;
  const ResultCache cache(workspace.path() / "cache");
  const std::string key(64, 'a'), other(64, 'b');
  EXPECT_FALSE(cache.find(key));
  cache.keep(key, {{"outcome", "passed"}});
  EXPECT_EQ(cache.find(key)->at("outcome"), "passed");
  EXPECT_FALSE(cache.find(other));
  write_text(workspace.path() / "object", "bytes");
  cache.keep_file(key, workspace.path() / "object");
  EXPECT_EQ(read_text(cache.file(key)), "bytes");
}

TEST(ResultCache, DoesNotFindWhatIsDamaged) {
  const Workspace workspace;
  const ResultCache cache(workspace.path());
  const std::string key(64, 'a');
  cache.keep(key, {{"outcome", "passed"}});
  write_text(workspace.path() / "aa" / (std::string(62, 'a') + ".json"), "{\"outcome\": ");
  EXPECT_FALSE(cache.find(key));
}

}  // namespace
}  // namespace corokit::moulinette
