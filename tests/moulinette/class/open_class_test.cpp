#include "class/open_class.hpp"

#include "class/which_exercise.hpp"
#include "error.hpp"
#include "testing/stored_zip.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {
namespace fs = std::filesystem;

const std::vector<KnownExercise> kKnown{
    {"toy", "toy.cpp"}, {"async_toy", "async_toy.cpp"}, {"boy", "boy.cpp"}};

class OpenClass : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& content) const {
    fs::create_directories((hand_ins_ / name).parent_path());
    write_text(hand_ins_ / name, content);
    return (hand_ins_ / name).string();
  }
  std::vector<std::string> exercises() const { return exercises_handed_in(hand_ins_, kKnown); }

  Workspace workspace_;
  const fs::path hand_ins_ = workspace_.make_folder("hand_ins");
  const fs::path work_ = workspace_.path() / "work";
};

TEST(HoldsClass, KnowsTheNamesOfSeveralStudents) {
  using Names = std::vector<std::string>;
  for (const Names& names :
       {Names{"ann/toy.cpp", "bob/toy.cpp"},
        Names{"all/ann/src/toy.cpp", "all/bob/toy.cpp", "__MACOSX/all/x.cpp"}, Names{"ann.zip", "bob.zip"},
        Names{"Ann Lee_1_assignsubmission_file_/hw.zip"}, Names{"leeann_12_34_toy.cpp"},
        Names{"x/submission_metadata.yml", "x/submission_1/toy.cpp"}})
    EXPECT_TRUE(holds_class(names)) << names.front();
  for (const Names& names : {Names{}, Names{"toy.cpp"}, Names{"src/toy.cpp", "include/toy.hpp"},
                             Names{"attempt_1/toy.cpp", "attempt_2/toy.cpp"},
                             Names{"hw/toy.cpp", "hw/toy.hpp"}, Names{"ann/toy.cpp", "__MACOSX/toy.cpp"}})
    EXPECT_FALSE(holds_class(names)) << (names.empty() ? "nothing" : names.front());
}

TEST_F(OpenClass, FindsTheClassInAnArchiveOfItsArchive) {
  const std::string inner = stored_zip({{"ann/toy.cpp", "1"}, {"bob/toy.cpp", "2"}});
  const OpenedClass packed = open_class(file("download.zip", stored_zip({{"moodle.zip", inner}})), work_);
  EXPECT_EQ(read_text(packed.folder / "bob/toy.cpp"), "2");
  EXPECT_EQ(packed.problems,
            std::vector<std::string>{"moodle.zip was taken for the archive of the whole class."});

  fs::remove_all(hand_ins_);
  file("moodle.zip", inner);
  EXPECT_EQ(read_text(open_class(hand_ins_, work_ / "again").folder / "ann/toy.cpp"), "1")
      << "a folder around it";
}

TEST_F(OpenClass, LeavesTheArchiveOfOneStudentToTheStudent) {
  file("ann.zip", stored_zip({{"src/toy.cpp", "1"}}));
  EXPECT_EQ(open_class(hand_ins_, work_).folder, hand_ins_);
}

TEST_F(OpenClass, RefusesAnEmptyArchive) {
  try {
    open_class(file("none.zip", stored_zip({})), work_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "none.zip is empty: there is no file in it.");
    EXPECT_EQ(error.code(), Error::kMisuse);
  }
}

TEST_F(OpenClass, KnowsTheExerciseByItsFileAlsoInArchives) {
  file("ann/report.txt", "toy.cpp");
  EXPECT_TRUE(exercises().empty());
  file("ann/hw.zip", stored_zip({{"src/toy.cpp", "1"}}));
  EXPECT_EQ(exercises(), std::vector<std::string>{"toy"});
  file("bob/boy.cpp", "1");
  EXPECT_EQ(exercises(), (std::vector<std::string>{"toy", "boy"}));
}

TEST_F(OpenClass, KnowsTheExerciseByANameThatHasItsFilesInIt) {
  for (const char* name : {"leeann_12_34_toy.cpp", "toy-1.cpp", "toy (2).cpp", "toy_ann.cpp"}) {
    const fs::path made = file(name, "1");
    EXPECT_EQ(exercises(), std::vector<std::string>{"toy"}) << name;
    fs::remove(made);
  }
  file("async_toy-1.cpp", "1");
  EXPECT_EQ(exercises(), std::vector<std::string>{"async_toy"});
  fs::remove(hand_ins_ / "async_toy-1.cpp");
  file("toys.cpp", "1");
  EXPECT_TRUE(exercises().empty());
}

TEST_F(OpenClass, KnowsTheExerciseOfARepositoryThatWasPacked) {
  for (const char* name :
       {"hw-ann/exercises/toy/toy.cpp", "hw-ann/exercises/boy/boy.cpp", "hw-bob/lib/async_toy.cpp"})
    file(name, "1");
  EXPECT_EQ(exercises().size(), 3U);
  file("hw-ann/manifest.json", R"({"kit_version": "1", "exercise": {"name": "toy"}})");
  EXPECT_EQ(exercises(), std::vector<std::string>{"toy"});
  file("hw-bob/.github/workflows/classroom.yml", "command: ./moulinette grade boy --test adds --no-install");
  EXPECT_EQ(exercises(), (std::vector<std::string>{"toy", "boy"}));
  file("hw-ann/manifest.json", R"({"exercise": 3})");
  EXPECT_EQ(exercises(), std::vector<std::string>{"boy"});
}

}  // namespace
}  // namespace corokit::moulinette
