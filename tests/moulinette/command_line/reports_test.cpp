// Whole runs with --report, and `convert`.
#include "testing/changed_toy.hpp"
#include "testing/graded_samples.hpp"

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr const char* kRight = TOY "/solutions/reference.cpp";
constexpr const char* kHangs = TOY "/wrong/refused_hang.cpp";  // 60 points

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class GradeReports : public ChangedToy {
 protected:
  /// Grades in the folder of the test.
  Finished grade(const std::string& file, const std::string& options) {
    return shell(fmt::format("cd {} && {} grade toy {} --kit {} {}", folder_.string(), MOULINETTE, file,
                             write_kit(), options));
  }
  Json read(const std::string& name) { return Json::parse(read_text(folder_ / name)); }
};

TEST_F(GradeReports, AreWrittenBesideWhatIsPrinted) {
  const Finished finished = grade(kRight, "--report gradescope=g.json --report junit --report sarif=s.sarif");
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_TRUE(has(finished.output, "Score 100/100: passed")) << finished.output;
  const Json gradescope = read("g.json");
  EXPECT_EQ(gradescope["tests"][0]["score"], 60);
  EXPECT_GT(gradescope["execution_time"], 0.0);
  EXPECT_TRUE(has(read_text(folder_ / "junit.xml"), "<testsuite name=\"toy\"")) << "its usual name";
  EXPECT_EQ(read("s.sarif")["version"], "2.1.0");
}

TEST_F(GradeReports, HideAHiddenTest) {
  spec_["tests"][1]["visible"] = false;
  const Finished finished = grade(kHangs, "--report gradescope --report prairielearn=p.json");
  EXPECT_EQ(finished.code, 1) << finished.output;
  EXPECT_EQ(read("results.json")["tests"][1]["visibility"], "after_published");
  EXPECT_TRUE(has(read("p.json")["tests"][1]["message"], "This test is hidden"));
  grade(kHangs, "--release --report prairielearn=p.json");
  EXPECT_FALSE(has(read("p.json")["tests"][1]["message"], "This test is hidden"));
}

TEST_F(GradeReports, OnStandardOutputAreAllThatIsThere) {
  const Finished finished = grade(kHangs, "--report autolab");
  EXPECT_EQ(finished.code, 1);
  EXPECT_TRUE(finished.output.ends_with("\n{\"scores\":{\"adds\":60,\"counts\":0}}\n")) << finished.output;
  EXPECT_FALSE(has(finished.output, "Score 60/100"));
  EXPECT_EQ(Json::parse(grade(kRight, "--report prairielearn=-").output)["score"], 1.0);
}

TEST_F(GradeReports, ExercismReadsTheVerdictInTheFileAlone) {
  EXPECT_EQ(grade(kHangs, "--report exercism").code, 0);
  EXPECT_EQ(read("results.json")["status"], "fail");
  EXPECT_EQ(grade(TOY "/students/broken.cpp", "--report exercism").code, 0);
  EXPECT_EQ(read("results.json")["status"], "error");
}

TEST_F(GradeReports, SpeakFrenchOnRequest) {
  grade(kRight, "--language fr --report gradescope");
  EXPECT_TRUE(has(read("results.json")["output"], "100 points sur 100 : réussi"));
  const Json french = Json::parse(read_text(TOY "/exercise/spec.fr.json"));
  EXPECT_TRUE(has(read("results.json")["tests"][0]["output"], french["tests"]["adds"]["what"]));
}

TEST_F(GradeReports, ASolutionCannotBreakThem) {
  std::string loud = read_text(kRight);
  loud.insert(loud.find("int add"),
              "static void shout() {\n  static const char text[] = \"" +
                  std::string("</script>]]>\\xff\\x1b[2J\\0\\r\\xed\\xa0\\x80\\xef\\xbf\\xbf\\n") +
                  "\";\n  for (int i = 0; i < 3000; ++i) std::fwrite(text, 1, sizeof text, stdout);\n}\n");
  loud = "#include <cstdio>\n" + loud;
  loud.insert(loud.find("return", loud.find("int add")), "shout(); ");
  write_text(folder_ / "loud.cpp", loud);
  std::string options;
  for (const char* name :
       {"gradescope", "autolab", "prairielearn", "exercism", "classroom", "junit", "sarif"})
    options += fmt::format(" --report {}={}", name, name);
  const Finished finished = grade("loud.cpp", options);
  ASSERT_EQ(finished.code, 0) << finished.output;
  EXPECT_TRUE(has(read("gradescope")["tests"][0]["output"], "</script>]]>")) << "it did shout";
  expect_valid(read("gradescope"), SCHEMAS "/gradescope.schema.json");
  expect_valid(read("prairielearn"), SCHEMAS "/prairielearn.schema.json");
  expect_valid(read("exercism"), SCHEMAS "/exercism.schema.json");
  if (shell("command -v xmllint").code == 0) {
    EXPECT_EQ(run({"xmllint", "--noout", folder_ / "junit"}).code, 0);
  }
  for (const char* name : {"autolab", "classroom", "junit", "sarif"}) expect_clean(read_text(folder_ / name));
}

TEST_F(GradeReports, AreRefusedBeforeAnythingRuns) {
  const std::pair<const char*, const char*> wrong[] = {
      {"--report moodle", "There is no report \"moodle\". There is: gradescope,"},
      {"--report mutation", "is made of what validate or mutate finds, not of what grade does."},
      {"--report junit= ", "--report junit= names no file behind the \"=\"."},
      {"--report gradescope --report exercism",
       "Two reports would be written to results.json: give each a file"},
      {"--report autolab --report classroom", "Two reports would be written to standard output"},
      {"--report junit=nowhere/j.xml", "There is no folder nowhere for the report nowhere/j.xml."},
      {"--report autolab --json", "--json and a report on standard output exclude each other"},
      {"--report junit --test adds", "A report for a platform is about all tests: leave out --test."},
  };
  for (const auto& [options, sentence] : wrong) {
    const Finished finished = grade(kRight, std::string(options) + " 2>&1");
    EXPECT_EQ(finished.code, 2) << options;
    EXPECT_TRUE(has(finished.output, sentence)) << finished.output;
  }
  EXPECT_FALSE(fs::exists(folder_ / "junit.xml"));
}

TEST_F(GradeReports, ThatCannotBeWrittenAreAnError) {
  const Finished finished = grade(kRight, "--report junit=/dev/full 2>&1");
  EXPECT_EQ(finished.code, 1);
  EXPECT_TRUE(has(finished.output, "The report /dev/full cannot be written: No space left on device."))
      << finished.output;
}

TEST_F(GradeReports, AreMadeOfPrintedJsonAsWell) {
  ASSERT_EQ(grade(kHangs, "--seed 7 --json > graded.json").code, 1);
  const Finished converted =
      shell(fmt::format("cd {} && {} convert graded.json --report gradescope --report junit=- 2>&1",
                        folder_.string(), MOULINETTE));
  EXPECT_EQ(converted.code, 0) << converted.output;
  EXPECT_TRUE(has(converted.output, "<property name=\"seed\" value=\"7\"/>")) << converted.output;
  EXPECT_EQ(read("results.json")["tests"][0]["score"], 60);
  const Finished piped =
      shell(fmt::format("{} convert - --report autolab <{}", MOULINETTE, (folder_ / "graded.json").string()));
  EXPECT_TRUE(piped.output.ends_with("{\"scores\":{\"adds\":60,\"counts\":0}}\n")) << piped.output;
}

TEST(Convert, MakesAReportOfEachFileInAFolder) {
  const Workspace workspace;
  const std::string one = (workspace.path() / "one.json").string(),
                    other = (workspace.path() / "other.json").string();
  const std::string out = (workspace.path() / "out").string();
  write_text(one, graded_sample("passes").dump());
  write_text(other, graded_sample("passes").dump());
  const auto convert = [&](const std::string& arguments) {
    return shell(fmt::format("{} convert {} 2>&1", MOULINETTE, arguments));
  };
  const Finished done =
      convert(fmt::format("{} {} --report gradescope --report autolab --out {}", one, other, out));
  EXPECT_EQ(done.code, 0) << done.output;
  EXPECT_TRUE(has(done.output, "Wrote 4 reports into")) << done.output;
  for (const char* name :
       {"one.gradescope.json", "other.gradescope.json", "one.autolab.txt", "other.autolab.txt"})
    EXPECT_TRUE(fs::exists(workspace.path() / "out" / name)) << name;
  for (const auto& [arguments, sentence] :
       {std::pair(fmt::format("{} {} --report gradescope", one, other), "--out FOLDER"),
        std::pair(fmt::format("{} --report junit=j.xml --out {}", one, out), "names a file"),
        std::pair(fmt::format("{} {} --report junit --out {}", one, one, out), "Two files"),
        std::pair(fmt::format("- --report junit --out {}", out), "Standard input")}) {
    const Finished wrong = convert(fmt::format("{} <{}", arguments, one));
    EXPECT_EQ(wrong.code, 2) << wrong.output;
    EXPECT_TRUE(has(wrong.output, sentence)) << wrong.output;
  }
}

TEST(Convert, SaysWhatIsWrongWithTheFile) {
  const Workspace workspace;
  const fs::path file = workspace.path() / "graded.json";
  const auto complaint = [&](const std::string& text, const std::string& options = "--report junit=-") {
    write_text(file, text);
    const Finished finished = shell(fmt::format("{} convert {} {} 2>&1", MOULINETTE, file.string(), options));
    EXPECT_EQ(finished.code, 2) << finished.output;
    return finished.output;
  };
  EXPECT_TRUE(has(complaint("{"), "graded.json is no JSON."));
  EXPECT_TRUE(has(complaint(std::string(3'000'000, '[')), "nested too deeply"));
  EXPECT_TRUE(has(complaint("{}"), "This is no report: grade, validate and mutate write one with --json."));
  EXPECT_TRUE(has(complaint(R"({"schema_version": 9})"),
                  "The report has version 9, and this program reads version 1"));
  EXPECT_TRUE(has(complaint(R"({"schema_version": 1})"), "exercise\" is missing"));
  Json graded = graded_sample("passes");
  EXPECT_TRUE(has(complaint(graded.dump(), ""), "--report is required"));
  graded["tests"][0]["points"] = "all";
  EXPECT_TRUE(has(complaint(graded.dump()), "points\" must be a whole number of at least 0"));
  fs::remove(file);
  EXPECT_TRUE(has(shell(fmt::format("{} convert {} --report junit=- 2>&1", MOULINETTE, file.string())).output,
                  "There is no file"));
}

class KitReports : public ChangedToy {};

TEST_F(KitReports, HaveTheWrittenMutantsOfValidate) {
  const Finished finished =
      shell(fmt::format("cd {} && {} validate toy --kit {} --report mutation=m.json --report junit",
                        folder_.string(), MOULINETTE, write_kit()));
  EXPECT_EQ(finished.code, 0) << finished.output;
  const Json report = Json::parse(read_text(folder_ / "m.json"));
  std::set<std::string> files;
  for (const auto& [name, file] : report["files"].items()) files.insert(name);
  const std::string toy = "tests/moulinette/toy/";
  EXPECT_EQ(files, (std::set<std::string>{toy + "solutions/reference.cpp", toy + "wrong/refused_crash.cpp",
                                          toy + "wrong/refused_hang.cpp", toy + "wrong/refused_thread.cpp"}));
  const Json& mutants = report["files"][toy + "solutions/reference.cpp"]["mutants"];
  ASSERT_EQ(mutants.size(), 2U);
  for (const Json& mutant : mutants) {
    EXPECT_EQ(mutant["killedBy"], Json{"toy/counts"}) << mutant;
    EXPECT_TRUE(mutant.contains("replacement")) << mutant;
  }
  EXPECT_TRUE(has(read_text(folder_ / "junit.xml"), "failures=\"0\" errors=\"0\""));
  if (has_packages())
    expect_valid(report, NPM "/mutation-testing-report-schema/dist/src/mutation-testing-report-schema.json");
}

TEST_F(KitReports, HaveTheMutantsOfMutate) {
  const Finished finished =
      shell(fmt::format("cd {} && {} mutate toy --kit {} --only boundary --report mutation --report junit=-",
                        folder_.string(), MOULINETTE, write_kit()));
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_TRUE(has(finished.output, "<testsuite name=\"toy\" package=\"mutate\"")) << finished.output;
  const Json report = Json::parse(read_text(folder_ / "mutation.json"));
  for (const Json& mutant : report["files"]["tests/moulinette/toy/solutions/reference.cpp"]["mutants"]) {
    EXPECT_EQ(mutant["mutatorName"], "boundary");
    EXPECT_EQ(mutant["status"], "Killed");
  }
}

}  // namespace
}  // namespace corokit::moulinette
