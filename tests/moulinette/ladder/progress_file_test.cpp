#include "ladder/progress_file.hpp"

#include "testing/support.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <thread>

namespace corokit::moulinette {
namespace {

class Progress : public testing::Test {
 protected:
  std::string pass(const std::string& exercise) const {
    return file_.change(exercise, [](Standing& standing) {
      standing = {.best_score = 90, .max_score = 100, .passed_at = 7, .xp = 30, .duel_moves = 5};
    });
  }
  bool knows(const std::string& exercise) const { return file_.read().contains(exercise); }
  std::string json() const { return (folder_ / "progress.json").string(); }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path() / "a/b";
  const ProgressFile file_{folder_};
};

TEST_F(Progress, IsRememberedInAFolderThatIsMadeForIt) {
  EXPECT_TRUE(file_.read().empty());
  EXPECT_EQ(pass("05_notify"), "");
  EXPECT_EQ(pass("06_mutex"), "");
  const Standings standings = ProgressFile(folder_).read();
  EXPECT_EQ(standings.size(), 2U);
  EXPECT_EQ(standings.at("05_notify"), (Standing{90, 100, 7, 30, 0, false, 5}));
}

TEST_F(Progress, ThatMakesNoSenseIsPutAsideAndBegunAnew) {
  std::filesystem::create_directories(folder_);
  for (const std::string text : {"", "{", "[]", "null", "{\"version\": \"1\"}", "\xff\xfe"}) {
    write_text(json(), text);
    EXPECT_TRUE(file_.read().empty()) << text;
    EXPECT_NE(pass("05_notify").find("makes no sense: it is kept in"), std::string::npos) << text;
    EXPECT_TRUE(knows("05_notify")) << text;
    EXPECT_EQ(read_text(json() + ".broken"), text);
  }
}

TEST_F(Progress, KeepsWhatMakesSense) {
  std::filesystem::create_directories(folder_);
  write_text(
      json(),
      R"({"version": 1, "exercises": {"a": {"best_score": -3, "max_score": "x", "passed_at": 1.5, "xp": 1e99},
                 "b": 7, "c": {"best_score": 90, "max_score": 80, "knows_quiz": "yes", "duel_moves": 4}}})");
  const Standings standings = file_.read();
  EXPECT_EQ(standings.size(), 2U);
  EXPECT_EQ(standings.at("a"), Standing());
  EXPECT_EQ(standings.at("c"), (Standing{.best_score = 80, .max_score = 80, .duel_moves = 4}));
  write_text(json(), R"({"version": 1, "exercises": [1, 2]})");
  EXPECT_EQ(pass("05_notify"), "");
  EXPECT_EQ(file_.read().size(), 1U);
}

TEST_F(Progress, OfANewerVersionIsNotOverwritten) {
  std::filesystem::create_directories(folder_);
  const std::string newer = R"({"version": 2, "exercises": {}, "more": 1})";
  write_text(json(), newer);
  EXPECT_NE(pass("05_notify").find("a newer version has written"), std::string::npos);
  EXPECT_EQ(read_text(json()), newer);
}

TEST_F(Progress, IsNotReadFromWhatIsHugeOrNoFile) {
  std::filesystem::create_directories(folder_);
  write_text(json(), "");
  std::filesystem::resize_file(json(), std::uintmax_t{1} << 40U);
  EXPECT_TRUE(file_.read().empty());
  EXPECT_NE(pass("05_notify"), "");
  EXPECT_TRUE(knows("05_notify"));
  std::filesystem::remove(json());
  std::filesystem::remove(json() + ".broken");
  ASSERT_EQ(mkfifo(json().c_str(), 0600), 0);
  EXPECT_TRUE(file_.read().empty());
  EXPECT_NE(pass("06_mutex"), "");
  EXPECT_TRUE(knows("06_mutex"));
}

TEST_F(Progress, IsNotRememberedWhereNothingCanBeWritten) {
  EXPECT_EQ(ProgressFile(std::filesystem::path()).change("a", [](Standing&) {}),
            "Your progress is not remembered: neither XDG_STATE_HOME nor HOME names a folder.");
  const ProgressFile nowhere("/proc/nowhere");
  EXPECT_TRUE(nowhere.read().empty());
  EXPECT_TRUE(
      nowhere.change("a", [](Standing&) {}).starts_with("Your progress is not remembered: /proc/nowhere"));
}

// The superuser may write everywhere, so the program becomes somebody else.
TEST_F(Progress, InAFolderThatIsReadOnlyStaysAsItIs) {
  const auto state = workspace_.path() / "corokit";
  ProgressFile(state).change("toy", [](Standing&) {});
  const std::string before = read_text(state / "progress.json");
  std::filesystem::permissions(workspace_.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(state, std::filesystem::perms(0555));
  const std::string nobody = geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups " : "";
  const Finished finished = shell("XDG_STATE_HOME=" + workspace_.path().string() + " TMPDIR=/tmp " + nobody +
                                  MOULINETTE " grade toy " TOY "/exercise/toy.cpp --kit " TOY_KIT);
  EXPECT_NE(finished.output.find("Score 0/100"), std::string::npos) << finished.output;
  EXPECT_EQ(read_text(state / "progress.json"), before);
  std::filesystem::permissions(state, std::filesystem::perms(0755));
}

TEST_F(Progress, OfTwoAtOnceIsThatOfBoth) {
  constexpr std::size_t kTimes = 50;
  const auto take_hints = [this] {
    for (std::size_t i = 0; i < kTimes; ++i)
      EXPECT_EQ(file_.change("05_notify", [](Standing& standing) { ++standing.hints; }), "");
  };
  {
    const std::jthread one(take_hints);
    const std::jthread other(take_hints);
    for (std::size_t i = 0; i < kTimes; ++i) EXPECT_LE(file_.read().size(), 1U) << "read while it is written";
  }
  EXPECT_EQ(file_.read().at("05_notify").hints, 2 * kTimes);
}

}  // namespace
}  // namespace corokit::moulinette
