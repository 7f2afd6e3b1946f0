// Whole runs of `watch` on the toy exercise. A shell script is the user: it saves the file, and waits for what is printed.
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <csignal>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

/// A toy whose file to fill in is in a folder of its own. In a script, `grades N` waits until N verdicts are in the
/// output, `shows TEXT` until TEXT is.
class Watching : public testing::Test {
 protected:
  Watching() {
    std::filesystem::copy(TOY "/exercise", folder_ / "toy");
    std::filesystem::create_directory(folder_ / "tmp");
    std::filesystem::copy(TOY "/solutions/reference.cpp", folder_ / "right.cpp");
    const Json kit = Json::parse(read_text(TOY_KIT));
    Json manifest = Json::parse(read_text(kit[0]["manifest"].get<std::string>()));
    manifest["folder"] = (folder_ / "toy").string();
    write_text(folder_ / "manifest.json", manifest.dump());
    write_text(folder_ / "kit.json", Json{{{"name", "toy"},
                                           {"spec", (folder_ / "toy/spec.json").string()},
                                           {"manifest", (folder_ / "manifest.json").string()}}}
                                         .dump());
  }

  std::string watch() const {
    return "cd " + folder_.string() + "; export XDG_STATE_HOME=" + folder_.string() +
           " TMPDIR=" + (folder_ / "tmp").string() + "; exec " MOULINETTE " watch toy --kit kit.json";
  }

  /// Returns: what is printed while the script uses it through a pipe, and its exit status behind "status".
  std::string piped(const std::string& script) const {
    return play("(" + watch() + ") <in >>out 2>&1 & watch=$!; exec 9>in; ", script,
                "exec 9>&-; wait $watch; echo status $? >>out");
  }

  /// The same, on a terminal of so many columns.
  std::string typed(const std::string& script, int columns = 80) const {
    write_text(folder_ / "command",
               "set -m; stty cols " + std::to_string(columns) + "; stty -g >before; sh -c 'echo $$ >pid; " +
                   watch() +
                   "'; status=$?; while [ $status = 148 ]; do stty -g >stopped; echo stopped; read "
                   "line; fg; status=$?; done; echo status $status; stty -g >after");
    return play("TERM=xterm script -qfec 'bash command' /dev/null <in >>out 2>&1 & watch=$!; exec 9>in; ",
                script, "wait $watch; exec 9>&-");
  }

  bool is_terminal_restored() const {
    const std::string before = read_text(folder_ / "before");
    return !before.empty() && before == read_text(folder_ / "after");
  }

  std::string play(const std::string& begin, const std::string& script, const std::string& end) const {
    const std::string until =
        "until_true() { for look in $(seq 800); do eval \"$1\" && return; read -t 0.01 nothing <>idle; "
        "done; echo "
        "\"gave up: $1\" >>out; }; "
        "grades() { until_true \"[ \\$(grep -c 'Score ' out) -ge $1 ]\"; }; "
        "shows() { until_true \"grep -aq '$1' out\"; }; "
        "type() { printf \"$1\" >&9; }; ";
    const std::string command =
        "cd " + folder_.string() + "; mkfifo in idle; touch out; " + until + begin + script + "; " + end;
    const Finished finished = run({"/bin/bash", "-c", command});
    EXPECT_TRUE(finished.succeeded()) << finished.output;
    std::string out = read_text(folder_ / "out");
    EXPECT_FALSE(has(out, "gave up")) << out;
    return out;
  }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
};

TEST_F(Watching, GradesAtEachSave) {
  const std::string out = piped("grades 1; cp right.cpp toy/toy.cpp; grades 2; type 'q\\n'");
  EXPECT_EQ(count(out, "Score 0/100"), 1U) << out;
  EXPECT_EQ(count(out, "Score 100/100: passed"), 1U) << out;
  EXPECT_TRUE(has(out, "You have 15 of 15 XP")) << out;
  EXPECT_TRUE(has(out, "status 0")) << out;
}

TEST_F(Watching, SeesEditorsThatRename) {
  const std::string out = piped(
      "grades 1; mv toy/toy.cpp toy/toy.cpp~; cp right.cpp toy/new; mv toy/new toy/toy.cpp; grades 2; "
      "ln -s ../right.cpp toy/link; mv toy/link toy/toy.cpp; grades 3; type 'q\\n'");
  EXPECT_EQ(count(out, "Score 100/100"), 2U) << out;
}

TEST_F(Watching, SeesWhatALinkPointsTo) {
  std::filesystem::rename(folder_ / "toy/toy.cpp", folder_ / "mine.cpp");
  std::filesystem::create_symlink("../mine.cpp", folder_ / "toy/toy.cpp");
  const std::string out = piped("grades 1; cp right.cpp mine.cpp; grades 2; type 'q\\n'");
  EXPECT_EQ(count(out, "Score 100/100"), 1U) << out;
}

TEST_F(Watching, MissesNoSaveThatComesWhileItGrades) {
  const std::string out = piped(
      "grades 1; echo ' ' >>toy/toy.cpp; until_true '[ $(ls -d tmp/*/submission | wc -l) -ge 2 ]'; "
      "cp right.cpp toy/toy.cpp; shows 'Score 100/100'; type 'q\\n'");
  EXPECT_TRUE(has(out, "Score 100/100: passed")) << out;
}

TEST_F(Watching, GradesTheLastOfAStorm) {
  const std::string out = piped(
      "grades 1; for i in $(seq 300); do echo \"// $i\" >>toy/toy.cpp; done; cp right.cpp toy/toy.cpp; "
      "shows 'Score 100/100'; type 'q\\n'");
  EXPECT_LE(count(out, "Score "), 6U) << out;
}

TEST_F(Watching, WaitsForAFileThatIsGone) {
  const std::string out = piped(
      "grades 1; rm toy/toy.cpp; shows 'There is no file'; head -c 300000 /dev/zero >toy/toy.cpp; "
      "shows 'a solution has at most 16 KiB'; cp right.cpp toy/toy.cpp; grades 2; type 'q\\n'");
  EXPECT_TRUE(has(out, "Score 100/100: passed")) << out;
}

TEST_F(Watching, EndsWithItsFolder) {
  const std::string out = piped("grades 1; rm -r toy; wait $watch");
  EXPECT_TRUE(has(out, "toy does not exist any more.\n")) << out;
  EXPECT_TRUE(has(out, "status 1")) << out;
}

TEST_F(Watching, DoesWhatLinesAskFor) {
  const std::string out = piped(
      "grades 1; type 'h\\nz\\nb\\na\\nl\\nn\\ns\\nx\\n\\nr\\n'; grades 2; cp right.cpp toy/toy.cpp; grades "
      "3; "
      "type 'h\\ns\\nn\\nq\\n'");
  for (const char* part :
       {"hint: there is an operator for that (1 of 2)", "2 of 2 right", "0 of 100",
        "The next exercise comes after this one is passed.", "There is no hint: no test has failed.",
        "There is no schedule to step through", "You have passed all there is."})
    EXPECT_TRUE(has(out, part)) << part << "\n" << out;
  const Json progress = Json::parse(read_text(folder_ / "corokit/progress.json"))["exercises"]["toy"];
  EXPECT_EQ(progress["hints"], 1);
  EXPECT_EQ(progress["knows_quiz"], true);
}

TEST_F(Watching, StepsThroughTheScheduleThatFailed) {
  std::filesystem::copy(TOY "/students/fails_out_of_order.cpp", folder_ / "toy/toy.cpp",
                        std::filesystem::copy_options::overwrite_existing);
  const std::string out = piped("grades 1; type 's\\nn\\nq\\n'; shows 'Step 1'; type 'q\\n'");
  EXPECT_TRUE(has(out, "Step 0 of ") && has(out, "Step 1 of ")) << out;
}

TEST_F(Watching, GoesOnAtTheEndOfItsInput) {
  const std::string out =
      piped("grades 1; exec 9>&-; cp right.cpp toy/toy.cpp; grades 2; kill -INT $watch; wait $watch");
  EXPECT_TRUE(has(out, "Score 100/100")) << out;
  EXPECT_TRUE(has(out, "status 130")) << out;
}

TEST_F(Watching, DoesWhatKeysAskForAndRestoresTheTerminal) {
  const std::string out = typed(
      "grades 1; shows 'q quit'; type h; shows '1 of 2'; type '\\033[A'; type z; shows 'or q to stop'; "
      "type 'b\\nq\\n'; shows '1 of 2 right'; type l; shows '0 of 100'; type r; grades 2; type q");
  EXPECT_TRUE(has(out, "h hint  s step  r again  z quiz  l list  q quit")) << out;
  EXPECT_TRUE(has(out, "status 0")) << out;
  EXPECT_TRUE(is_terminal_restored());
}

TEST_F(Watching, RestoresTheTerminalHoweverItEnds) {
  for (const std::string end :
       {"type '\\003'", "type '\\003\\003\\003'", "kill -TERM $(cat pid)", "kill -HUP $(cat pid)"}) {
    for (const char* when : {"grades 1; shows 'q quit'; ", "shows 'grading'; "}) {
      for (const char* file : {"in", "idle", "out", "pid", "before", "after"})
        std::filesystem::remove(folder_ / file);
      const std::string out = typed(when + end);
      EXPECT_TRUE(has(out, "status 130")) << end << out;
      EXPECT_TRUE(is_terminal_restored()) << end << read_text(folder_ / "after");
    }
  }
}

TEST_F(Watching, GivesTheTerminalBackWhileItIsStopped) {
  const std::string out = typed(
      "grades 1; shows 'q quit'; type '\\032'; shows stopped; : >out; type '\\n'; "
      "shows 'q quit'; type q");
  EXPECT_TRUE(has(out, "status 0")) << out;
  EXPECT_TRUE(is_terminal_restored());
  EXPECT_EQ(read_text(folder_ / "stopped"), read_text(folder_ / "before"));
}

TEST_F(Watching, FitsOnANarrowTerminal) {
  const std::string out = typed("grades 1; shows 'h hint'; type q", 20);
  EXPECT_TRUE(has(out, "\r\x1b[Kh hint  s step  r …\x1b") || has(out, "\r\x1b[Kh hint  s step  r …\r"))
      << out;
}

TEST_F(Watching, IsForPeople) {
  EXPECT_EQ(moulinette({"watch", "toy", "--json", "--kit", TOY_KIT}).code, 2);
  EXPECT_EQ(moulinette({"watch", "nonsense", "--kit", TOY_KIT}).code, 2);
}

}  // namespace
}  // namespace corokit::moulinette
