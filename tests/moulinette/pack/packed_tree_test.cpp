#include "pack/packed_tree.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json spec_of(const std::string& exercise) {
  return Json::parse(read_text(fs::path(ROOT "/exercises") / exercise / "spec.json"));
}

std::set<std::string> paths(const std::vector<PackedFile>& files, const std::string& role = "") {
  std::set<std::string> found;
  for (const PackedFile& file : files)
    if (role.empty() || file.role == role) found.insert(file.path);
  return found;
}

const PackedFile& find(const std::vector<PackedFile>& files, const std::string& path) {
  return *std::ranges::find(files, path, &PackedFile::path);
}

TEST(PackedSpec, LeavesHiddenTestsOutAndKeepsThePassMarkInProportion) {
  Json spec = spec_of("async_orchestrator");
  Json& hidden = spec["tests"][1];
  hidden["visible"] = false;
  ASSERT_EQ(hidden["points"], 20);
  const auto json = nlohmann::json::parse(packed_spec(spec, false));
  EXPECT_EQ(json["withheld"], 20);
  const Spec packed = parse_spec(json, "async_orchestrator");
  EXPECT_EQ(packed.find("semaphore_limit"), nullptr);
  EXPECT_EQ(packed.find("edge_one_at_a_time"), nullptr) << "its parts go with it";
  EXPECT_EQ(packed.max_score(), 80);
  EXPECT_EQ(packed.pass, 56) << "70 of 100, of 80 points";
  const Spec whole = parse_spec(nlohmann::json::parse(packed_spec(spec, true)), "async_orchestrator");
  EXPECT_EQ(whole.max_score(), 100);
  EXPECT_EQ(whole.pass, 70);
}

TEST(PackedSpec, SaysNothingOfHiddenTestsInFrench) {
  Json spec = spec_of("async_orchestrator");
  spec["tests"][1]["visible"] = false;
  const Json french = Json::parse(read_text(ROOT "/exercises/async_orchestrator/spec.fr.json"));
  const Json packed = Json::parse(packed_translation(french, Json::parse(packed_spec(spec, false))));
  EXPECT_FALSE(packed["tests"].contains("semaphore_limit"));
  EXPECT_FALSE(packed["edge_cases"].contains("edge_one_at_a_time"));
  EXPECT_EQ(packed["tests"].size(), french["tests"].size() - 1);
  EXPECT_EQ(packed["title"], french["title"]);
}

TEST(PackedTree, HasNoSolutionAndNoMutant) {
  const std::vector<PackedFile> files = packed_tree({.root = ROOT, .exercise = "async_orchestrator"});
  const std::set<std::string> all = paths(files);
  EXPECT_TRUE(std::ranges::is_sorted(files, {}, &PackedFile::path));
  EXPECT_EQ(all.size(), files.size()) << "a path is there once";
  for (const std::string& path : all) {
    EXPECT_FALSE(path.starts_with("mutants/")) << path;
    EXPECT_FALSE(path.starts_with("orchestrator/") && path.ends_with(".cpp") &&
                 path != "orchestrator/src/blocking_orchestrator.cpp")
        << path;
    EXPECT_EQ(path.find("_test.cpp"), std::string::npos) << path;
    EXPECT_EQ(path.find("/steps/"), std::string::npos) << path << " is a part of a solution";
  }
  const std::string reference = read_text(ROOT "/orchestrator/src/matrix_orchestrator.cpp");
  EXPECT_TRUE(std::ranges::none_of(files, [&](const PackedFile& file) { return file.content == reference; }));
  for (const char* path :
       {"moulinette", "CMakeLists.txt", "exercises/norm.json", "exercises/spec.schema.json",
        "tests/moulinette/command_line/main.cpp", "exercises/async_orchestrator/subject.fr.md"})
    EXPECT_TRUE(all.contains(path)) << path;
  EXPECT_TRUE(paths(files, "test").contains("tests/specified/async_orchestrator/timeout.cpp"));
  EXPECT_FALSE(all.contains("exercises/priority_orchestrator/spec.json"));
  EXPECT_TRUE(find(files, "moulinette").executable);
  EXPECT_FALSE(find(files, "LICENSE").executable);
}

TEST(PackedTree, OfARungHasTheRightSolutionsOfThoseBelow) {
  const std::set<std::string> given = paths(packed_tree({.root = ROOT, .exercise = "04_oneshot"}), "given");
  EXPECT_EQ(given,
            (std::set<std::string>{"exercises/01_task/given.hpp", "exercises/02_run_loop/given.hpp",
                                   "exercises/03_block_on/given.hpp", "mutants/01_task/task.hpp",
                                   "mutants/02_run_loop/run_loop.hpp", "mutants/03_block_on/block_on.hpp"}));
}

/// A tree of links to the kit, with an exercise of its own.
class OwnTree : public testing::Test {
 protected:
  OwnTree() {
    for (const char* folder : {"exercises", "tests/specified", "mutants"})
      fs::create_directories(root_ / folder);
    for (const char* folder : {".", "exercises", "tests", "tests/specified", "mutants"}) {
      for (const auto& entry : fs::directory_iterator(fs::path(ROOT) / folder)) {
        const std::string name = entry.path().filename();
        if (!fs::exists(root_ / folder / name) && name != ".git" && !name.starts_with("build"))
          fs::create_symlink(entry.path(), root_ / folder / name);
      }
    }
    for (const char* folder : {"exercises", "tests/specified", "mutants"})
      fs::copy(fs::path(TOY "/../fresh") / folder, root_ / folder, fs::copy_options::recursive);
    Json spec = Json::parse(read_text(kSpec));
    spec["tests"][1]["visible"] = false;
    write_text(kSpec, spec.dump(2));
  }

  Workspace workspace_;
  const fs::path root_ = workspace_.path();
  const fs::path kSpec = root_ / "exercises/fresh/spec.json";
  const fs::path kTests = root_ / "tests/specified/fresh";
};

TEST_F(OwnTree, KeepsHiddenTestsFromStudents) {
  // What waits is hidden, and in a file of its own.
  std::string text = read_text(kTests / "fresh.cpp");
  const std::size_t hidden = text.find("COROKIT_SPECIFIED_TEST(waits)");
  write_text(kTests / "waits.cpp", "#include \"check.hpp\"\n" + text.substr(hidden));
  write_text(kTests / "fresh.cpp", text.substr(0, hidden));
  const auto students = packed_tree({.root = root_, .exercise = "fresh"});
  EXPECT_FALSE(paths(students).contains("tests/specified/fresh/waits.cpp"));
  EXPECT_TRUE(paths(students, "hidden test").empty());
  const auto graders = packed_tree({.root = root_, .exercise = "fresh", .hidden_tests = true});
  EXPECT_EQ(paths(graders, "hidden test"), std::set<std::string>{"tests/specified/fresh/waits.cpp"});
}

TEST_F(OwnTree, RefusesAFileWithHiddenTestsAndOthers) {
  try {
    packed_tree({.root = root_, .exercise = "fresh"});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), std::string("tests/specified/fresh/fresh.cpp has a hidden test and one that is "
                                        "not: ./moulinette spec fresh"));
  }
}

}  // namespace
}  // namespace corokit::moulinette
