#include "ladder/original.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <chrono>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

/// The toy's files in a folder of their own, and in the shell `git` for it.
class Original : public testing::Test {
 protected:
  Original() {
    std::filesystem::copy(TOY "/exercise", folder_ / "toy");
    std::filesystem::create_directories(folder_ / "build");
    std::filesystem::create_directories(folder_ / "wrong");
    write_text(folder_ / "wrong/mutant.patch", "a mutant");
    const Json kit = Json::parse(read_text(TOY_KIT));
    Json manifest = Json::parse(read_text(kit[0]["manifest"].get<std::string>()));
    manifest["wrong"] = (folder_ / "wrong").string();
    write_text(exercise_.manifest, manifest.dump());
  }

  void git(const std::string& commands) const {
    const Finished finished = shell(
        "cd " + folder_.string() +
        "; git() { command git -c user.name=x -c user.email=x -c commit.gpgsign=false \"$@\"; }; set -e; " +
        commands);
    EXPECT_TRUE(finished.succeeded()) << finished.output;
  }
  std::optional<std::string> original() const { return original_of(exercise_, spec_); }
  void edit(const std::string& text) const { write_text(file_, text); }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
  const std::filesystem::path file_ = folder_ / "toy/toy.cpp";
  const Exercise exercise_{"toy", folder_ / "toy/spec.json", folder_ / "build/manifest.json"};
  const Spec spec_ = toy_spec();
  const std::string stub_ = read_text(TOY "/exercise/toy.cpp");
};

TEST_F(Original, IsThatOfTheNewestCommitOfTheKit) {
  git("git init -q; git add toy wrong; git commit -qm kit");
  EXPECT_EQ(original(), stub_);
  edit("mine");
  git("git commit -qam 'my solution'");
  edit("mine, better");
  EXPECT_EQ(original(), stub_) << "a student may commit";
  edit("a better stub");
  git("echo more >>wrong/mutant.patch; git commit -qam 'the kit is better'");
  edit("mine");
  git("git commit -qam 'my solution'");
  EXPECT_EQ(original(), "a better stub");
}

TEST_F(Original, IsKeptInTheBuildWhereThereIsNoRepository) {
  EXPECT_EQ(original(), std::nullopt);
  keep_original(exercise_, spec_);
  edit("mine");
  keep_original(exercise_, spec_);
  EXPECT_EQ(original(), stub_);
}

TEST_F(Original, IsNotWhatWasChangedBeforeAnybodyLooked) {
  edit("mine");
  std::filesystem::last_write_time(exercise_.spec,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  keep_original(exercise_, spec_);
  EXPECT_EQ(original(), std::nullopt);
}

TEST_F(Original, IsPutBackAndNothingIsLost) {
  EXPECT_EQ(reset(file_, stub_).kept, "") << "it is the original";
  for (const std::string number : {"1", "2", "3"}) {
    edit("mine, version " + number);
    EXPECT_EQ(reset(file_, stub_).kept, file_.string() + "." + number);
    EXPECT_EQ(read_text(file_), stub_);
  }
  for (const std::string number : {"1", "2", "3"})
    EXPECT_EQ(read_text(file_.string() + "." + number), "mine, version " + number);
  std::filesystem::remove(file_);
  EXPECT_EQ(reset(file_, stub_).kept, "");
  EXPECT_EQ(read_text(file_), stub_);
}

TEST_F(Original, IsPutBackByACommand) {
  git("git init -q; git add toy wrong; git commit -qm kit");
  edit("mine");
  write_text(folder_ / "kit.json",
             Json{{{"name", "toy"}, {"spec", exercise_.spec}, {"manifest", exercise_.manifest}}}.dump());
  const std::string command = "cd " + folder_.string() + "; " MOULINETTE " reset toy --kit kit.json";
  Finished finished = shell(command + " --json");
  EXPECT_EQ(Json::parse(finished.output), (Json{{"file", "toy/toy.cpp"}, {"kept", "toy/toy.cpp.1"}}));
  edit("mine again");
  finished = shell(command);
  EXPECT_EQ(finished.code, 0);
  EXPECT_EQ(finished.output, "toy/toy.cpp is as it was given. What it was is kept in toy/toy.cpp.2.\n");
  EXPECT_EQ(shell(command).output, "toy/toy.cpp is as it was given.\n");
  std::filesystem::remove(file_);
  EXPECT_EQ(shell(command).output, "toy/toy.cpp is as it was given.\n") << "it was lost";
  git("rm -rf .git");
  finished = shell(command);
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("Nobody knows any more how toy.cpp was"), std::string::npos)
      << finished.output;
}

}  // namespace
}  // namespace corokit::moulinette
