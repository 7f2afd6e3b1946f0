// Whole runs of `replay`, and of what `grade` shows of a schedule that failed, on the toy exercise.
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <chrono>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

constexpr const char* kOutOfOrder = TOY "/students/fails_out_of_order.cpp";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Replay : public testing::Test {
 protected:
  /// Returns: the path of a solution that does `what` where one task counts before its turn.
  std::string out_of_order(const std::string& what, const std::string& include = "") {
    std::string text = read_text(kOutOfOrder);
    const std::string fails = "if (is_out_of_order) return 0;";
    text.replace(text.find(fails), fails.size(), what);
    write_text(folder_ / "mine.cpp", include + text);
    return (folder_ / "mine.cpp").string();
  }

  static Json graded(const std::string& file) {
    return Json::parse(moulinette({"grade", "toy", file, "--seed", "1", "--json", "--kit", TOY_KIT}).output);
  }
  /// Returns: how the test went that fails.
  static Json broken(const std::string& file) { return graded(file)["tests"][1]; }

  Finished replay(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "replay");
    arguments.insert(arguments.end(), {"--kit", TOY_KIT});
    return moulinette(arguments);
  }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
};

TEST_F(Replay, OfAFailureHasTheFewestMovesThatMakeItFail) {
  const Json test = broken(kOutOfOrder);
  EXPECT_EQ(test["part"], "edge_turns");
  const std::string token = test["replay"];
  EXPECT_TRUE(token.starts_with("toy/edge_turns/")) << token;
  EXPECT_EQ(std::count(token.begin(), token.end(), '.'), 1) << token << " has more than one move";
  EXPECT_TRUE(has(test["drawing"], "task 2 (#3) runs before task 1 (#2)") ||
              has(test["drawing"], "task 1 (#2) gives way before its await"))
      << test["drawing"];
  EXPECT_EQ(test["timeline"].size(), 2U) << test["timeline"];
  const Finished finished = replay({token, kOutOfOrder});
  EXPECT_EQ(finished.code, 1);
  for (const char* part : {"edge_turns failed: counting to 1: expected 1, got 0", "Moves: 1 of ",
                           "task 1 (#2)", "task 2 (#3)", "▲", "tasks 2, 1 counts"})
    EXPECT_TRUE(has(finished.output, part)) << part << "\n" << finished.output;
}

TEST_F(Replay, IsNamedByTheReportOfGrade) {
  const Finished finished = moulinette({"grade", "toy", kOutOfOrder, "--seed", "1", "--kit", TOY_KIT});
  const std::string before = "./moulinette replay ";
  const std::size_t at = finished.output.find(before);
  ASSERT_NE(at, std::string::npos) << finished.output;
  std::istringstream words(finished.output.substr(at + before.size()));
  std::string token;
  std::string file;
  words >> token >> file;
  EXPECT_EQ(file, kOutOfOrder);
  EXPECT_TRUE(has(replay({token, file}).output, "counting to 1: expected 1, got 0"));
}

TEST_F(Replay, OfWhatASanitizerFindsIsShownToo) {
  std::filesystem::copy(TOY "/exercise", folder_);
  Json kit = Json::parse(read_text(TOY_KIT));
  Json manifest = Json::parse(read_text(kit[0]["manifest"].get<std::string>()));
  manifest["sanitized"] = true;
  for (const char* step : {"compile", "link"}) manifest[step].push_back("-fsanitize=address");
  std::erase_if(manifest["compile"].get_ref<Json::array_t&>(), [](const Json& argument) {
    return argument == "-include" || argument.get<std::string>().ends_with("/given.hpp");
  });
  write_text(folder_ / "manifest.json", manifest.dump());
  kit[0]["manifest"] = (folder_ / "manifest.json").string();
  write_text(folder_ / "kit.json", kit.dump());
  const std::string file =
      out_of_order("if (is_out_of_order) { int* last_one = new int(n); delete last_one; return *last_one; }");
  const Json graded = Json::parse(
      moulinette({"grade", "toy", file, "--seed", "1", "--json", "--kit", folder_ / "kit.json"}).output);
  const Json& test = graded["tests"][1];
  EXPECT_EQ(test["outcome"], "crashed");
  EXPECT_TRUE(has(test["drawing"], "here the sanitizer ends the process")) << test;
}

TEST_F(Replay, SaysThatTheSchedulePassesNow) {
  const Finished finished = replay({broken(kOutOfOrder)["replay"], TOY "/solutions/reference.cpp"});
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_TRUE(has(finished.output, "edge_turns passes now in this schedule.")) << finished.output;
}

TEST_F(Replay, WithoutMovesMakesThemFew) {
  const Json test = broken(kOutOfOrder);
  const std::string token = "toy/edge_turns/" + test["schedule"].dump();
  const Json played = Json::parse(replay({token, kOutOfOrder, "--json"}).output);
  EXPECT_EQ(played["outcome"], "failed");
  EXPECT_EQ(played["moves"].size(), 1U) << played["moves"];
}

TEST_F(Replay, PrintsOneObject) {
  const Json played = Json::parse(replay({"toy/edge_turns/1/0", kOutOfOrder, "--json"}).output);
  EXPECT_EQ(keys(played), (std::set<std::string>{"token", "implementation", "passed", "outcome", "message",
                                                 "moves", "choices", "timeline", "drawing", "recording"}));
  EXPECT_EQ(played["passed"], true);
  EXPECT_EQ(played["recording"]["lanes"], Json({"test (#1)", "task 1 (#2)", "task 2 (#3)"}));
}

TEST_F(Replay, StepsForwardAndBackByLines) {
  const std::string command =
      std::string(MOULINETTE) + " replay toy/edge_turns/1/0 " + kOutOfOrder + " --step --kit " TOY_KIT;
  const Finished finished = shell("printf 'n\\np\\ng 3\\nq\\nn\\n' | " + command);
  EXPECT_EQ(finished.code, 0) << finished.output;
  std::size_t shown = 0;
  for (std::size_t at = 0; (at = finished.output.find("Step ", at)) != std::string::npos; ++at) ++shown;
  EXPECT_EQ(shown, 4U) << finished.output;
  EXPECT_TRUE(has(finished.output, "Step 3 of ")) << finished.output;
}

TEST_F(Replay, StepsByKeysOnATerminal) {
  const std::string command =
      std::string(MOULINETTE) + " replay toy/edge_turns/1/0 " + kOutOfOrder + " --step --kit " TOY_KIT;
  const Finished finished =
      shell("printf 'n\\033[C\\033[Dg4\\nq' | TERM=xterm script -qec '" + command + "' /dev/null");
  EXPECT_EQ(finished.code, 0) << finished.output;
  for (const char* part : {"Step 0 of ", "Step 1 of ", "Step 2 of ", "Step 4 of ", "q ends"})
    EXPECT_TRUE(has(finished.output, part)) << part << "\n" << finished.output;
}

TEST_F(Replay, WritesAPageAndATrace) {
  const std::string page = folder_ / "a.html";
  const std::string trace = folder_ / "a.json";
  EXPECT_EQ(replay({"toy/edge_turns/1/0", kOutOfOrder, "--html", page, "--perfetto", trace}).code, 0);
  EXPECT_TRUE(has(read_text(page), "<html")) << read_text(page).substr(0, 200);
  EXPECT_TRUE(Json::parse(read_text(trace)).is_object() || Json::parse(read_text(trace)).is_array());
}

TEST_F(Replay, SaysWhereItCannotWrite) {
  for (const char* file : {"/dev/full", "/proc/nowhere/a.html"}) {
    const Finished finished = replay({"toy/edge_turns/1/0", kOutOfOrder, "--html", file});
    EXPECT_EQ(finished.code, 1);
    EXPECT_TRUE(has(finished.output, std::string(file) + " cannot be written: ")) << finished.output;
  }
}

TEST_F(Replay, DrawsWhatAnExplorerWrote) {
  const Json played = Json::parse(replay({"toy/edge_turns/1/0", kOutOfOrder, "--json"}).output);
  const std::string file = folder_ / "recording.json";
  write_text(file, played["recording"].dump());
  const Finished drawn = replay({"--recording", file});
  EXPECT_EQ(drawn.code, 0) << drawn.output;
  EXPECT_TRUE(has(drawn.output, "task 2 (#3)")) << drawn.output;
  EXPECT_EQ(Json::parse(replay({"--recording", file, "--json"}).output), played["recording"]);
  write_text(file, "{");
  EXPECT_TRUE(has(replay({"--recording", file}).output, "recording.json is no recording."));
}

TEST_F(Replay, OfWhatIsNoTokenSaysWhatOneLooksLike) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"toy/counts"},
       "\"toy/counts\" is no token.\nA token names an exercise, a test or a part of one, a schedule"},
      {{"12.3-40.1"}, "run that test with COROKIT_EXPLORE_REPLAY=12.3-40.1"},
      {{"nonsense/counts/1"}, "There is no exercise \"nonsense\". There is: toy."},
      {{"toy/divides/1"}, "toy has no test \"divides\". It has: adds, counts."},
      {{"toy/counts/1", "missing.cpp"}, "There is no file missing.cpp."},
      {{}, "Give either a token"},
      {{"toy/counts/1", "--step", "--json"}, "--step and --json exclude each other."},
      {{"--recording", "missing.json"}, "missing.json cannot be read: "}};
  for (const auto& [arguments, message] : cases) {
    const Finished finished = replay(arguments);
    EXPECT_EQ(finished.code, 2) << message;
    EXPECT_TRUE(has(finished.output, message)) << message << "\n" << finished.output;
  }
}

TEST_F(Replay, OfAFileThatDoesNotCompileShowsTheError) {
  const Finished finished = replay({"toy/counts/1", TOY "/students/broken.cpp"});
  EXPECT_EQ(finished.code, 1);
  EXPECT_TRUE(has(finished.output, "broken.cpp:4:14: error: ")) << finished.output;
}

TEST_F(Replay, OfACrashShowsTheStepsBeforeIt) {
  const Json test = broken(out_of_order("if (is_out_of_order) *static_cast<volatile int*>(nullptr) = n;"));
  EXPECT_EQ(test["outcome"], "crashed");
  EXPECT_TRUE(has(test["drawing"], "killed by SIGSEGV")) << test["drawing"];
  EXPECT_TRUE(has(test["drawing"], "task 2 (#3)")) << test["drawing"];
  EXPECT_EQ(test["timeline"].size(), 2U);
}

TEST_F(Replay, OfAHangEndsInTimeAndShowsTheStepsBeforeIt) {
  const auto begin = std::chrono::steady_clock::now();
  const Json test = broken(out_of_order("for (volatile bool ends = !is_out_of_order; !ends;) {}"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_EQ(test["outcome"], "hung");
  EXPECT_TRUE(has(test["drawing"], "it uses the processor, and does not come to its next await"));
  EXPECT_TRUE(has(test["drawing"], "task 2 (#3)")) << test["drawing"];
}

TEST_F(Replay, ChangesNoVerdict) {
  struct Case {
    std::string what, include, outcome;
  };
  for (const auto& [what, include, outcome] : std::vector<Case>{
           {"if (is_out_of_order) std::exit(0);", "#include <cstdlib>\n", "exited_early"},
           {"while (is_out_of_order) std::puts(\"for ever\\x1b[2J\");", "#include <cstdio>\n", "hung"},
           {"if (is_out_of_order) throw std::runtime_error(\"\\x1b[2J\");", "#include <stdexcept>\n",
            "failed"},
           {"if (is_out_of_order) { auto* block = new char[24]; std::memset(block - 16, 0x41, 999); delete[] "
            "block; }",
            "#include <cstring>\n", "crashed"},
           {"for (int i = 0; is_out_of_order && i < 64; ++i) "
            "static_cast<void>(!write(i, \"x {\\\"recording\\\":{}}\\n\", 19)); if (is_out_of_order) return "
            "0;",
            "#include <unistd.h>\n", "failed"}}) {
    const std::string file = out_of_order(what, include);
    const Json graded = Replay::graded(file);
    EXPECT_EQ(graded["score"], 60) << what;
    EXPECT_EQ(graded["tests"][1]["outcome"], outcome) << what;
    EXPECT_FALSE(has(graded["tests"][1]["drawing"], "\x1b")) << what;
  }
}

TEST_F(Replay, OfASolutionThatRemembersOtherSchedulesSaysThatItPasses) {
  const std::string file = out_of_order("static int calls = 0; if (++calls == 31) return 0;");
  const Finished finished = moulinette({"grade", "toy", file, "--seed", "1", "--kit", TOY_KIT});
  EXPECT_TRUE(has(finished.output, "not known: when that schedule was played again, it passed"))
      << finished.output;
}

TEST_F(Replay, OfAScheduleThatIsFoundDepthFirst) {
  const Finished kept = moulinette({"grade", "toy", kOutOfOrder, "--keep", "--kit", TOY_KIT});
  const std::string before = "gdb --args ";
  const std::size_t at = kept.output.find(before);
  ASSERT_NE(at, std::string::npos) << kept.output;
  std::istringstream words(kept.output.substr(at + before.size()));
  std::string executable;
  words >> executable;
  const Finished explored = run({executable, "counts", "--explore"});
  EXPECT_EQ(explored.code, 1);
  EXPECT_TRUE(has(explored.output, "counting to 1: expected 1, got 0")) << explored.output;
  const std::string place = "in its schedule ";
  const std::string moves = explored.output.substr(explored.output.find(place) + place.size());
  EXPECT_TRUE(has(replay({"toy/edge_turns/1/" + moves.substr(0, moves.find('\n')), kOutOfOrder}).output,
                  "counting to 1: expected 1, got 0"));
}

}  // namespace
}  // namespace corokit::moulinette
