// How explore_program reports to the grader: see graded.hpp.
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace {

using nlohmann::json;

struct Ran {
  std::string text;  // what it wrote over the socket; if there was none, to the standard output
  int status = 0;

  std::vector<json> lines() const {
    std::vector<json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
    return lines;
  }
};

/// Runs explore_program. `secret`: what the grader sends over a socket; empty for a run by hand.
Ran run(const std::string& library, std::vector<std::string> arguments, const std::string& secret = "") {
  arguments.insert(arguments.begin(), {COROKIT_EXPLORE, COROKIT_BUILT "/" + library + ".so"});
  std::array<int, 2> ends{};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  EXPECT_EQ(write(ends[0], secret.data(), secret.size()), static_cast<ssize_t>(secret.size()));
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    dup2(ends[1], secret.empty() ? STDOUT_FILENO : 3);
    if (secret.empty()) close(3);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  Ran ran;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;)
    ran.text.append(buffer.data(), static_cast<std::size_t>(count));
  close(ends[0]);
  waitpid(child, &ran.status, 0);
  return ran;
}

TEST(Graded, ProgramsThatPassArePlayedOneAfterAnother) {
  const Ran ran = run("choices", {"--graded", "all_choices_are_tried:0:0:0:100", "a_choice_within_a_choice"});
  EXPECT_EQ(ran.status, 0);
  const auto lines = ran.lines();
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0], json({{"begins", "all_choices_are_tried"}}));
  EXPECT_EQ(lines[1]["outcome"], "passed");
  EXPECT_EQ(lines[1]["schedules"], 3);
  EXPECT_EQ(lines[1]["exhausted"], true);
  EXPECT_EQ(lines[1]["coverage"], "all 3 schedules that there are");
  EXPECT_EQ(lines[2]["begins"], "a_choice_within_a_choice");
  EXPECT_EQ(lines[3]["schedules"], 10);
  EXPECT_EQ(lines[4], json({{"outcome", "passed"}}));
}

TEST(Graded, OneThatFailsDoesNotKeepOthersFromBeingPlayed) {
  const Ran ran = run("choices", {"--graded", "fails_for_one_choice", "all_choices_are_tried"});
  EXPECT_NE(ran.status, 0);
  const auto lines = ran.lines();
  ASSERT_EQ(lines.size(), 4U) << "there is no last line that all have passed";
  EXPECT_EQ(lines[3]["outcome"], "passed");
  EXPECT_EQ(lines[1]["outcome"], "failed");
  EXPECT_EQ(lines[1]["finding"], "broken");
  EXPECT_EQ(lines[1]["where"].size(), 1U);
  EXPECT_TRUE(lines[1]["message"].get<std::string>().starts_with("this does not hold: 617 is not chosen"));
  EXPECT_EQ(lines[1]["token"], "0.617");
  EXPECT_EQ(lines[1]["schedules"], 618);
  EXPECT_EQ(lines[1]["recording"]["steps"].size(), 1U);
}

TEST(Graded, TheNumbersOfAProgramAreItsBounds) {
  const auto few = run("parker", {"--graded", "parker:0:0:0:100"}).lines();
  EXPECT_NE(few[1]["coverage"].get<std::string>().find("at most 0 preemptions"), std::string::npos);
  const auto too_few = run("oneshot", {"--graded", "oneshot:2:1:0:3"}).lines();
  EXPECT_EQ(too_few[1]["finding"], "too large");
}

TEST(Graded, AFindingNamesItsLines) {
  const json failed = run("mutants/oneshot_relaxed_publish", {"--graded", "oneshot"}).lines().back();
  EXPECT_EQ(failed["finding"], "data race");
  ASSERT_EQ(failed["where"].size(), 2U);
  EXPECT_TRUE(failed["where"][0].get<std::string>().starts_with("oneshot.hpp:"));
}

TEST(Graded, TheGraderReadsLinesWithTheSecret) {
  const Ran ran = run("choices", {"--graded", "a_choice_within_a_choice"}, "s3cret 1 0");
  EXPECT_EQ(ran.status, 0);
  std::istringstream in(ran.text);
  int lines = 0;
  for (std::string line; std::getline(in, line); ++lines) EXPECT_TRUE(line.starts_with("s3cret {")) << line;
  EXPECT_EQ(lines, 3);
  EXPECT_TRUE(ran.text.ends_with("s3cret {\"outcome\":\"passed\"}\n"));
}

TEST(Graded, AProgramThatCrashesOrExitsHasFailed) {
  for (const std::string name : {"calls_exit", "recurses_for_ever", "dereferences_null"}) {
    const Ran ran = run("broken", {"--graded", name}, "secret 1 0");
    EXPECT_NE(ran.text.find("\"outcome\":\"failed\",\"finding\":\"crash\""), std::string::npos) << ran.text;
    EXPECT_EQ(ran.text.find("\"outcome\":\"passed\""), std::string::npos);
  }
}

TEST(Graded, AProgramThatIsNotThereIsAMistakeOfTheKit) {
  const Ran ran = run("choices", {"--graded", "nobody"}, "secret 1 0");
  EXPECT_NE(ran.status, 0);
  EXPECT_EQ(ran.text.find("passed"), std::string::npos);
}

TEST(Graded, AScheduleIsReplayedByItsToken) {
  const json failed = run("mutants/parker_no_token", {"--graded", "parker"}).lines().back();
  const json again =
      run("mutants/parker_no_token", {"--graded", "parker", "--replay", failed["token"]}).lines().back();
  EXPECT_EQ(again["message"], failed["message"]);
  EXPECT_EQ(again["recording"], failed["recording"]);
  const auto right = run("parker", {"--graded", "parker", "--replay", "0"}).lines();
  ASSERT_EQ(right.size(), 3U);
  EXPECT_EQ(right[1]["outcome"], "passed");
  EXPECT_FALSE(right[1]["recording"]["steps"].empty());
}

std::string words(const json& numbers) {
  std::string text;
  for (const json& number : numbers) text += number.dump() + " ";
  return text;
}

TEST(Duel, ItsMovesLeadToWhatTheScheduleFinds) {
  const std::string library = "mutants/parker_no_token";
  const json failed = run(library, {"--graded", "parker"}).lines().back();
  json again = run(library, {"--graded", "parker", "--replay", failed["token"]}).lines().back();
  const json broken = run(library, {"--graded", "parker", "--duel", words(again["moves"])}).lines().back();
  EXPECT_EQ(broken["outcome"], "failed");
  EXPECT_EQ(broken["message"], failed["message"]);
  again["moves"].erase(again["moves"].size() - 1);
  const json before = run(library, {"--graded", "parker", "--duel", words(again["moves"])}).lines().back();
  EXPECT_EQ(before["outcome"], "open");
  EXPECT_LE(before["recording"]["steps"].size(), broken["recording"]["steps"].size());
}

TEST(Duel, AsksWhoGoesOn) {
  const auto lines = run("parker", {"--graded", "parker", "--duel", ""}).lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1]["outcome"], "open");
  EXPECT_EQ(lines[1]["about"], "thread");
  ASSERT_EQ(lines[1]["options"].size(), 2U);
  EXPECT_EQ(lines[1]["options"][0]["thread"], "main");
  EXPECT_FALSE(lines[1]["options"][0]["source"].get<std::string>().empty());
  EXPECT_EQ(lines[1]["options"][1]["thread"], "thread 1");
}

TEST(Duel, AsksWhatAProgramChooses) {
  const json asked = run("choices", {"--graded", "fails_for_one_choice", "--duel", ""}).lines().back();
  EXPECT_EQ(asked["about"], "number");
  EXPECT_EQ(asked["options"].size(), 1000U);
  const json won = run("choices", {"--graded", "fails_for_one_choice", "--duel", "617"}).lines().back();
  EXPECT_EQ(won["finding"], "broken");
  const json lost = run("choices", {"--graded", "fails_for_one_choice", "--duel", "618"}).lines()[1];
  EXPECT_EQ(lost["outcome"], "passed");
}

TEST(Duel, AsksWhichValueALoadSees) {
  const json failed = run("mutants/dekker_acq_rel", {"--graded", "dekker"}).lines().back();
  std::string moves;
  for (int i = 0; i < 100; ++i) {
    const json asked = run("mutants/dekker_acq_rel", {"--graded", "dekker", "--duel", moves}).lines().back();
    if (asked["outcome"] != "open") break;
    if (asked["about"] != "value") {
      moves += "0 ";
      continue;
    }
    ASSERT_GE(asked["options"].size(), 2U);
    EXPECT_NE(asked["options"][0]["value"], asked["options"][1]["value"]);
    return;
  }
  FAIL() << "no load could see two values";
}

}  // namespace
