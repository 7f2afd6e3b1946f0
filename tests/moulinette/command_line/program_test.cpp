// Whole runs of the program on the toy exercise, but for `validate` and `mutate`.
#include "report/report_schema.hpp"
#include "sandbox/box.hpp"
#include "sandbox/sandbox.hpp"
#include "testing/changed_toy.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

Json grade_json(const std::string& file, int status = 1) {
  const Finished finished =
      moulinette({"grade", "toy", std::string(TOY "/") + file, "--json", "--kit", TOY_KIT});
  EXPECT_EQ(finished.code, status) << finished.output;
  Json graded = Json::parse(finished.output);
  EXPECT_EQ(report_violations(graded, ReportKind::graded, "report"), std::vector<std::string>{});
  return graded;
}

/// Returns: the outcomes of adds and counts, in this order: "passed failed".
std::string outcomes(const Json& graded) {
  std::string all;
  for (const Json& test : graded.at("tests"))
    all += (all.empty() ? "" : " ") + test.at("outcome").get<std::string>();
  return all;
}

/// Returns: the source of the toy's reference, with a loop that always runs once.
std::filesystem::path counts_at_least_once(const Workspace& workspace) {
  std::string once = read_text(TOY "/solutions/reference.cpp");
  once.replace(once.find("for ("), once.find("++counted;") - once.find("for ("), "do ");
  once.insert(once.find("++counted;") + 10, " while (counted < n);");
  write_text(workspace.path() / "once.cpp", once);
  return workspace.path() / "once.cpp";
}

TEST(Grade, ARightSolutionGetsAllPoints) {
  const Json graded = grade_json("solutions/reference.cpp", 0);
  EXPECT_EQ(graded["schema_version"], 1);
  EXPECT_EQ(graded["exercise"], "toy");
  EXPECT_EQ(graded["verdict"], "passed");
  EXPECT_EQ(graded["score"], 100);
  EXPECT_EQ(graded["max_score"], 100);
  EXPECT_EQ(graded["passed"], true);
  EXPECT_EQ(graded["norm"], Json::array());
  EXPECT_EQ(outcomes(graded), "passed passed");
  EXPECT_EQ(graded["tests"][0]["schedules"], 21);  // 20 in simulation and 1 on the thread pool
}

TEST(Grade, APassEarnsExperience) {
  const Finished finished = moulinette({"grade", "toy", TOY "/solutions/reference.cpp", "--kit", TOY_KIT});
  EXPECT_NE(finished.output.find("Score 100/100: passed, 10 of 10 XP"), std::string::npos) << finished.output;
}

TEST(Grade, AFloodOfOutputDisturbsNobody) {
  EXPECT_EQ(grade_json("solutions/noisy.cpp", 0)["score"], 100);
}

TEST(Grade, AWarningOfAFileThatCompilesIsShown) {
  const Workspace workspace;
  write_text(workspace.path() / "warned.cpp",
             "[[nodiscard]] static int unused() { return 1; }\nvoid warned() { unused(); }\n" +
                 read_text(TOY "/solutions/reference.cpp"));
  const std::string file = workspace.path() / "warned.cpp";
  const std::string warning = "warned.cpp:2:23: warning: ignoring return value";
  const Finished text = moulinette({"grade", "toy", file, "--kit", TOY_KIT});
  EXPECT_NE(text.output.find(warning), std::string::npos) << text.output;
  const Finished json = moulinette({"grade", "toy", file, "--json", "--kit", TOY_KIT});
  EXPECT_EQ(json.code, 0);
  EXPECT_NE(Json::parse(json.output)["compiler"].get<std::string>().find(warning), std::string::npos);
}

TEST(Grade, OneHintIsGivenOnRequest) {
  const Workspace workspace;
  const std::string file = counts_at_least_once(workspace);
  const auto graded = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {MOULINETTE, "grade", "toy", file, "--kit", TOY_KIT});
    return run_process({.argv = options, .environment = {"XDG_STATE_HOME=" + workspace.path().string()}}, {})
        .output;
  };
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_FALSE(has(graded({}), "think of the last one"));
  EXPECT_TRUE(has(graded({"--hint"}), "hint       the trap: a loop that always runs once (1 of 2)\n"));
  EXPECT_TRUE(has(graded({"--hint"}), "hint       think of the last one (2 of 2)\n"));
  EXPECT_TRUE(has(graded({"--hint", "1", "--lang", "fr"}), "indice     le piège : "));
  EXPECT_TRUE(has(graded({"--hint", "1"}), "(1 of 2)\n"));
  const Json hinted = Json::parse(graded({"--hint=2", "--json"}));
  EXPECT_EQ(hinted["hint"], "think of the last one");
  EXPECT_EQ(report_violations(hinted, ReportKind::graded, "report"), std::vector<std::string>{});
  EXPECT_EQ(moulinette({"grade", "toy", "--hint", "0", "--kit", TOY_KIT}).code, 2);
}

TEST(Grade, TheStubCompilesScoresNothingAndIsToldWhatToDo) {
  const Finished finished = moulinette({"grade", "toy", "--kit", TOY_KIT});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("Begin with add()."), std::string::npos) << finished.output;
  EXPECT_NE(finished.output.find("Score 0/100"), std::string::npos) << finished.output;
}

TEST(Grade, AnExceptionThatWrapsAnErrorIsUnwrapped) {
  const std::string message = grade_json("students/unwraps_error.cpp")["tests"][0]["message"];
  EXPECT_NE(message.find("a task threw: deja vu (in schedule 1)"), std::string::npos) << message;
}

TEST(Grade, AHangIsKilled) {
  const Json graded = grade_json("wrong/refused_hang.cpp");
  EXPECT_EQ(outcomes(graded), "passed hung");
  EXPECT_EQ(graded["score"], 60);
  EXPECT_EQ(graded["verdict"], "failed");
}

TEST(Grade, AHangIsExplainedByWhatHappenedBefore) {
  const Json timeline = grade_json("wrong/refused_hang.cpp")["tests"][1]["timeline"];
  ASSERT_EQ(timeline.size(), 1U);
  EXPECT_EQ(timeline[0]["event"], "counts");
}

TEST(Grade, TheReportNamesThePartThatBroke) {
  const Workspace workspace;
  const std::string file = counts_at_least_once(workspace);
  const Finished json = moulinette({"grade", "toy", file, "--json", "--kit", TOY_KIT});
  const Json graded = Json::parse(json.output);
  EXPECT_EQ(graded["score"], 60);
  EXPECT_EQ(graded["tests"][1]["part"], "edge_nothing");
  EXPECT_EQ(graded["tests"][0]["part"], "");
  EXPECT_EQ(graded["tests"][1]["message"], "counting to 0: expected 0, got 1 (in schedule 1)");
  const Finished text = moulinette({"grade", "toy", file, "--kit", TOY_KIT});
  EXPECT_NE(text.output.find("counts, edge_nothing: failed"), std::string::npos) << text.output;
}

TEST(Grade, AnExceptionIsAFailureWhateverItSays) {
  const Json graded = grade_json("students/throws.cpp");
  EXPECT_EQ(graded["tests"][0]["outcome"], "failed");
  EXPECT_NE(graded["tests"][0]["message"].get<std::string>().find("the Matrix"), std::string::npos);
}

TEST(Grade, ACompileErrorIsShownInTheCompilersWords) {
  const Json graded = grade_json("students/broken.cpp");
  EXPECT_EQ(graded["verdict"], "did_not_compile");
  EXPECT_EQ(outcomes(graded), "did_not_compile did_not_compile");
  const Finished text = moulinette({"grade", "toy", TOY "/students/broken.cpp", "--kit", TOY_KIT});
  EXPECT_NE(text.output.find(TOY "/students/broken.cpp:4:14: error: "), std::string::npos) << text.output;
}

TEST(Grade, AMissingFunctionDoesNotLink) {
  const Json graded = grade_json("students/unlinked.cpp");
  EXPECT_EQ(graded["verdict"], "did_not_compile");
  EXPECT_NE(graded["tests"][0]["message"].get<std::string>().find("count_to(int)"), std::string::npos);
}

TEST(Grade, AForbiddenCallTakesAllPoints) {
  const Json graded = grade_json("wrong/refused_thread.cpp");
  EXPECT_EQ(graded["verdict"], "refused");
  EXPECT_EQ(graded["score"], 0);
  EXPECT_EQ(graded["norm"].size(), 1U);
  EXPECT_EQ(graded["norm"][0]["symbol"], "std::thread");
  EXPECT_EQ(graded["norm"][0]["line"], 12);
  EXPECT_EQ(graded["norm"][0]["why"], "starts an OS thread");
  EXPECT_EQ(graded["norm"][0]["rule"], "threads");
  EXPECT_EQ(graded["norm"][0]["replacement"], "spawn() a task instead");
  EXPECT_EQ(outcomes(graded), "refused refused");
}

TEST(GradeOptions, ASeedIsReportedAndGivesTheSameRunAgain) {
  const auto graded = [](std::vector<std::string> options) {
    options.insert(options.begin(),
                   {"grade", "toy", HOSTILE "/forges/answers_by_heart.cpp", "--json", "--kit", TOY_KIT});
    return Json::parse(moulinette(options).output);
  };
  Json drawn = graded({});
  Json again = graded({"--seed", drawn["seed"].dump()});
  for (Json* json : {&drawn, &again}) json->erase("seconds");
  EXPECT_EQ(drawn, again);
  EXPECT_EQ(drawn["tests"][0]["schedule"], drawn["seed"].get<std::uint64_t>() + 1);
  EXPECT_NE(graded({})["seed"], drawn["seed"]) << "the same seed was drawn twice";
  EXPECT_EQ(moulinette({"grade", "toy", "--seed", "0", "--kit", TOY_KIT}).code, 2);
}

TEST(GradeOptions, OneScheduleOfOneTestShowsWhatTheSolutionPrints) {
  const Workspace workspace;
  write_text(workspace.path() / "loud.cpp",
             "#include \"toy.hpp\"\n#include <cstdio>\nint add(int a, int) { return a; }\n"
             "int count_to(int n) { std::printf(\"counting to %d\", n); return 1 - n; }\n");
  const std::string file = workspace.path() / "loud.cpp";
  const Finished finished =
      moulinette({"grade", "toy", file, "--test", "edge_nothing", "--schedule", "17", "--kit", TOY_KIT});
  EXPECT_EQ(finished.code, 1);
  EXPECT_EQ(finished.output.find("adds"), std::string::npos) << finished.output;
  for (const char* shown :
       {"counts failed: counting to ", "(in schedule 17)", "\ncounting to ", "toy counts"})
    EXPECT_NE(finished.output.find(shown), std::string::npos) << shown << "\n" << finished.output;
}

TEST(GradeOptions, AScheduleIsANumber) {
  for (const char* number : {"-1", "1.5", "x", "18446744073709551616"})
    EXPECT_EQ(moulinette({"grade", "toy", "--test", "adds", "--schedule", number, "--kit", TOY_KIT}).code, 2)
        << number;
  const Finished one = moulinette({"grade", "toy", TOY "/solutions/reference.cpp", "--test", "adds",
                                   "--schedule", "0", "--kit", TOY_KIT});
  EXPECT_NE(one.output.find("adds passed under 1 schedule\n"), std::string::npos) << one.output;
}

TEST(GradeOptions, AScheduleNeedsATestThatExists) {
  EXPECT_EQ(moulinette({"grade", "toy", "--schedule", "17", "--kit", TOY_KIT}).code, 2);
  const Finished finished = moulinette({"grade", "toy", "--test", "divides", "--kit", TOY_KIT});
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.output.find("toy has no test \"divides\". It has: adds, counts."), std::string::npos)
      << finished.output;
}

TEST(GradeOptions, TheExecutableIsKeptAndPlaysTheScheduleThatBroke) {
  const Workspace workspace;
  const Finished finished =
      moulinette({"grade", "toy", counts_at_least_once(workspace), "--keep", "--kit", TOY_KIT});
  const std::string before = "gdb --args ";
  const std::size_t at = finished.output.find(before);
  ASSERT_NE(at, std::string::npos) << finished.output;
  std::string command = finished.output.substr(at + before.size());
  const Finished played = shell(command);
  EXPECT_EQ(played.code, 1);
  // Nothing is printed of the task of edge_nothing that throws unseen.
  EXPECT_EQ(played.output, "failed (edge_nothing, in schedule 1): counting to 0: expected 0, got 1\n");
  command.replace(command.find("--schedule 1"), 12, "--schedule 0");
  EXPECT_EQ(shell(command).output,
            "failed (edge_nothing, on the thread pool): counting to 0: expected 0, got 1\n");
}

using GradeOfChangedToy = ChangedToy;

TEST_F(GradeOfChangedToy, TellsAtWhichLinesASanitizerFoundAMistake) {
  const std::string compiler = manifest_["compile"][0];
  const Finished tried = shell("echo 'int main() {}' | " + compiler + " -fsanitize=address -x c++ - -o " +
                               (folder_ / "try").string());
  ASSERT_TRUE(tried.succeeded()) << "g++ brings its sanitizers, clang has them in libclang-rt-dev\n"
                                 << tried.output;
  manifest_["sanitized"] = true;
  for (const char* step : {"compile", "link"}) manifest_[step].push_back("-fsanitize=address");
  for (const char* flag : {"-g1", "-fno-omit-frame-pointer"}) manifest_["compile"].push_back(flag);
  std::erase_if(manifest_["compile"].get_ref<Json::array_t&>(), [](const Json& argument) {
    return argument == "-include" || argument.get<std::string>().ends_with("/given.hpp");
  });
  const std::string file = (folder_ / "mine.cpp").string();
  write_text(file,
             "#include \"toy.hpp\"\n#include <vector>\n"
             "int add(int a, int b) {\n"
             "  std::vector<int> sum{a + b};\n"
             "  int& kept = sum[0];\n"
             "  sum.reserve(100);\n"
             "  return kept;\n"
             "}\n"
             "int count_to(int n) { return n; }\n");
  const std::string kit = write_kit();
  const Finished whole = moulinette({"grade", "toy", file, "--kit", kit});
  EXPECT_NE(whole.output.find(
                "found      AddressSanitizer: heap-use-after-free: READ of size 4 in line 7; freed in "
                "line 6; previously allocated in line 4 (in schedule 1)\n"),
            std::string::npos)
      << whole.output;
  const Finished one = moulinette({"grade", "toy", file, "--test", "adds", "--schedule", "1", "--kit", kit});
  EXPECT_NE(one.output.find(" " + file + ":7\n"), std::string::npos) << one.output;
  EXPECT_EQ(one.output.find("solution.cpp"), std::string::npos) << one.output;
}

// The test that never ends has a folder while it runs.
TEST(Grade, CtrlCEndsWithWhatWasDone) {
  const Workspace workspace;
  const std::string runs = "test -d " + workspace.path().string() + "/moulinette.*/submission/counts.0";
  const Finished finished =
      shell("TMPDIR=" + workspace.path().string() +
            " " MOULINETTE " grade toy " TOY "/wrong/refused_hang.cpp --kit " TOY_KIT " & until " + runs +
            " || ! kill -0 $!; do :; done; kill -INT $!; wait $!");
  EXPECT_EQ(finished.code, 130) << finished.output;
  EXPECT_NE(finished.output.find("interrupted"), std::string::npos) << finished.output;
}

TEST(Grade, LeavesNothingBehind) {
  const Workspace workspace;
  const Finished finished = shell("TMPDIR=" + workspace.path().string() +
                                  " " MOULINETTE " grade toy " TOY "/wrong/refused_crash.cpp --kit " TOY_KIT);
  EXPECT_TRUE(std::filesystem::is_empty(workspace.path())) << finished.output;
}

TEST(Grade, TheCompilersMessagesNameTheFileAsItWasGiven) {
  const Workspace workspace;
  for (const char* text : {"#include \"toy.hpp\"\nint add(int a, int b) { return a + c; }\n",
                           "#include \"toy.hpp\"\nint add(int a, int b) { return count_to(a + b); }\n"}) {
    write_text(workspace.path() / "@mine.cpp", text);
    const Finished finished = run_process(
        {.argv = {MOULINETTE, "grade", "toy", "@mine.cpp", "--kit", TOY_KIT}, .directory = workspace.path()},
        {}, nobody_interrupts());
    EXPECT_NE(finished.output.find("@mine.cpp:"), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("/moulinette."), std::string::npos) << finished.output;
  }
}

TEST(Grade, AFullDiskIsNotTheStudentsFault) {
  const Workspace workspace;
  write_text(workspace.path() / "full.cpp", "#error No space left on device\n");
  write_text(workspace.path() / "bwrap", "#!/bin/sh\nexit 1\n");
  std::filesystem::permissions(workspace.path() / "bwrap", std::filesystem::perms::all);
  const std::string grade =
      MOULINETTE " grade toy " + (workspace.path() / "full.cpp").string() + " --kit " TOY_KIT;
  const Finished finished = shell("PATH=" + workspace.path().string() + ":$PATH " + grade);
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("The disk is full"), std::string::npos) << finished.output;
  EXPECT_EQ(finished.output.find("Score"), std::string::npos) << finished.output;
  if (sandbox().level < SandboxLevel::isolated) return;
  EXPECT_NE(shell(grade).output.find("did not compile"), std::string::npos)
      << "it fills what a box has, not the disk";
}

TEST(Grade, SaysWhereItCannotWrite) {
  const Finished finished = shell("TMPDIR=/proc/nowhere " MOULINETTE " grade toy --kit " TOY_KIT);
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.output.find("Cannot make a folder in /proc/nowhere"), std::string::npos)
      << finished.output;
}

TEST(Colour, OnlyWhereAskedFor) {
  const std::string reference = TOY "/solutions/reference.cpp";
  EXPECT_EQ(moulinette({"grade", "toy", reference, "--kit", TOY_KIT}).output.find('\x1b'), std::string::npos);
  EXPECT_NE(moulinette({"grade", "toy", reference, "--kit", TOY_KIT, "--color=always"}).output.find('\x1b'),
            std::string::npos);
  EXPECT_EQ(moulinette({"grade", "toy", reference, "--kit", TOY_KIT, "--color=rainbow"}).code, 2);
}

TEST(Misuse, IsToldFromFailureAndSaysWhatToDo) {
  const Workspace workspace;
  const std::string folder = workspace.path().string();
  write_text(workspace.path() / "empty.cpp", "");
  write_text(workspace.path() / "large.cpp", std::string(17 << 10, '\n'));
  write_text(workspace.path() / "notes.txt", "hello");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"grade", "nonsense"}, "There is no exercise \"nonsense\". There is: toy."},
      {{"grade", "tpy"}, "There is no exercise \"tpy\": did you mean \"toy\"?"},
      {{"validate", "nonsense"}, "There is no exercise \"nonsense\""},
      {{"grade", "toy", folder + "/missing.cpp"}, "There is no file"},
      {{"grade", "toy", folder}, "is a directory"},
      {{"grade", "toy", folder + "/notes.txt"}, "is not a C++ source file"},
      {{"grade", "toy", folder + "/empty.cpp"}, "is empty"},
      {{"grade", "toy", folder + "/large.cpp"}, "has 17 KiB; a solution has at most 16 KiB"},
      {{"grade", "toy", "/dev/null"}, "is not a regular file"},
      {{"grade", "toy", ""}, "FILE is an empty text"}};
  for (auto [arguments, message] : cases) {
    arguments.insert(arguments.end(), {"--kit", TOY_KIT});
    const Finished finished = moulinette(arguments);
    EXPECT_EQ(finished.code, 2) << message;
    EXPECT_NE(finished.output.find(message), std::string::npos) << finished.output;
  }
  EXPECT_EQ(moulinette({}).code, 2);
  EXPECT_EQ(moulinette({"grade"}).code, 2);
  EXPECT_EQ(moulinette({"frobnicate"}).code, 2);
}

TEST(Help, IsThereForEveryCommand) {
  EXPECT_EQ(moulinette({"--help"}).code, 0);
  EXPECT_EQ(moulinette({"--version"}).code, 0);
  for (const char* command : {"grade", "replay", "validate", "mutate", "list", "next", "watch", "reset",
                              "solution", "spec", "quiz", "test"}) {
    const Finished finished = moulinette({command, "--help"});
    EXPECT_EQ(finished.code, 0) << command;
    EXPECT_NE(finished.output.find(command), std::string::npos) << finished.output;
  }
}

TEST(List, NamesTheExercises) {
  const Finished finished = moulinette({"list", "--json", "--kit", TOY_KIT});
  EXPECT_EQ(finished.code, 0);
  EXPECT_EQ(Json::parse(finished.output)[0]["exercise"], "toy");
  EXPECT_EQ(Json::parse(finished.output)[0]["xp"], 10);
  EXPECT_NE(moulinette({"list", "--kit", TOY_KIT}).output.find("10 XP"), std::string::npos);
}

// The stub of rung 2 gives no loop, and rung 3 stands on it.
TEST(Grade, OfARungStandsOnOwnFilesOnRequest) {
  const std::string reference = ROOT "/mutants/03_block_on/block_on.hpp";
  EXPECT_EQ(shell(MOULINETTE " grade 03_block_on " + reference + " >/dev/null").code, 0);
  const Finished mine = shell(MOULINETTE " grade 03_block_on " + reference + " --mine");
  EXPECT_EQ(mine.code, 1) << mine.output;
  EXPECT_EQ(shell(MOULINETTE " grade async_orchestrator --mine").code, 2);
}

}  // namespace
}  // namespace corokit::moulinette
