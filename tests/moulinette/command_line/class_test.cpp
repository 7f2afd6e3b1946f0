// Whole runs over a class of the toy, which class/make_class makes.
#include "class/class_result.hpp"
#include "testing/changed_toy.hpp"
#include "testing/stored_zip.hpp"
#include "testing/support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

class ClassTest : public testing::Test {
 protected:
  /// Makes a class of 20.
  void make() {
    const Finished made =
        run({ROOT "/tests/moulinette/class/make_class", "20", (folder_ / "class").string(), "toy"});
    ASSERT_EQ(made.code, 0) << made.output;
  }

  Finished grade(std::vector<std::string> options) const {
    options.insert(options.begin(), {"class", hand_ins_.string(), "--kit", TOY_KIT});
    return moulinette(std::move(options));
  }

  /// Returns: how many events of a kind the last run has written.
  static std::size_t events(const fs::path& out, const std::string& kind) {
    std::map<std::string, std::size_t> counts;
    std::istringstream lines(read_text(out / "events.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const std::string event = Json::parse(line).at("event");
      if (event == "begin") counts.clear();
      ++counts[event];
    }
    return counts[kind];
  }

  /// Returns: all that was written of a class, but for times.
  static std::string results(const fs::path& out) {
    Json json = Json::parse(read_text(out / "class.json"));
    json.erase("graded_at");
    std::string text = json.dump(1);
    for (const auto& student : json.at("students")) {
      const std::string id = student.at("id");
      for (const fs::path& file : {graded_file(id), feedback_file(id), source_file(id)})
        text += file.string() + "\n" + read_text(out / file);
    }
    return text;
  }

  Workspace workspace_;
  const fs::path folder_ = workspace_.path();
  const fs::path hand_ins_ = folder_ / "class/hand_ins";
  const fs::path out_ = folder_ / "out";
};

TEST_F(ClassTest, IsGradedOnceAndThenKnown) {
  make();
  const std::string roster = (folder_ / "class/roster.csv").string();
  const Finished first = grade({"--roster", roster, "--out", out_.string()});
  EXPECT_EQ(first.code, 0) << first.output;
  const ClassResult result = read_class(out_);
  EXPECT_EQ(result.students.size(), 20U);
  std::map<std::string, std::string> verdicts;
  for (const StudentResult& student : result.students) verdicts[student.id] = student.verdict;
  EXPECT_EQ(verdicts["s001"], "did_not_compile");
  EXPECT_EQ(verdicts["s002"], "failed");
  EXPECT_EQ(verdicts["s011"], "passed");
  EXPECT_EQ(verdicts["s020"], "missing");
  EXPECT_EQ(events(out_, "graded"), 17U);  // two of nineteen are copies
  EXPECT_EQ(result.students[17].same_as, std::vector<std::string>{"s009"});
  const std::string before = results(out_);
  for (const std::string& path : {folder_.string(), std::string("/in/toy.cpp"), std::string("/made/")})
    EXPECT_EQ(before.find(path), std::string::npos) << path << " is a path of this machine";

  const Finished again = grade({"--roster", roster, "--out", out_.string()});
  EXPECT_EQ(again.code, 0) << again.output;
  EXPECT_EQ(events(out_, "known"), 17U);
  EXPECT_EQ(results(out_), before);

  // One hand-in comes late: nothing else is compiled or played.
  shell(fmt::format("mkdir {0}/s020 && sed s/counted/found/ {0}/s011/toy.cpp >{0}/s020/toy.cpp",
                    hand_ins_.string()));
  EXPECT_EQ(grade({"--roster", roster, "--out", out_.string()}).code, 0);
  EXPECT_EQ(events(out_, "graded"), 1U);
  EXPECT_EQ(read_class(out_).students[19].verdict, "passed");
}

TEST_F(ClassTest, ThatWasInterruptedGoesOn) {
  make();
  ASSERT_EQ(grade({"--out", (folder_ / "whole").string()}).code, 0);
  // The events are read as they come. After three files comes Ctrl-C.
  const Finished stopped = shell(fmt::format(
      "mkdir -p {0}/cache; mkfifo {0}/events.jsonl; {1} class {2} --kit {3} --out {0} & "
      "{{ n=0; while [ $n -lt 3 ] && read -r line; do case $line in *graded*) n=$((n + 1));; esac; done; "
      "kill -INT $!; cat >/dev/null; }} <{0}/events.jsonl; wait $!; echo status $?; rm {0}/events.jsonl",
      out_.string(), MOULINETTE, hand_ins_.string(), TOY_KIT));
  EXPECT_NE(stopped.output.find("status 130"), std::string::npos) << stopped.output;
  EXPECT_NE(stopped.output.find("Interrupted: "), std::string::npos) << stopped.output;
  EXPECT_FALSE(fs::exists(out_ / "class.json"));

  const Finished resumed = grade({"--out", out_.string()});
  EXPECT_EQ(resumed.code, 0) << resumed.output;
  EXPECT_GE(events(out_, "known"), 3U);
  EXPECT_GE(events(out_, "graded"), 1U);
  EXPECT_EQ(results(out_), results(folder_ / "whole"));
}

TEST_F(ClassTest, InShardsIsTheSame) {
  make();
  const std::string roster = (folder_ / "class/roster.csv").string();
  ASSERT_EQ(grade({"--roster", roster, "--out", (folder_ / "whole").string()}).code, 0);
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    const Finished merged = grade({"--out", out_.string(), "--merge"});
    EXPECT_EQ(merged.code, 2) << "a shard is missing: " << merged.output;
    const Finished graded = grade({"--roster", roster, "--out", out_.string(), "--shard", shard});
    EXPECT_EQ(graded.code, 0) << graded.output;
  }
  const Finished merged = grade({"--out", out_.string(), "--merge"});
  EXPECT_EQ(merged.code, 0) << merged.output;
  EXPECT_EQ(results(out_), results(folder_ / "whole"));
  // Shards may come from anywhere.
  const fs::path elsewhere = folder_ / "elsewhere";
  std::vector<std::string> arguments{"class", "--kit", TOY_KIT, "--out", elsewhere.string(), "--merge"};
  for (const char* shard : {"3-of-3", "1-of-3", "2-of-3"})
    arguments.push_back((out_ / "shards" / shard).string());
  EXPECT_EQ(moulinette(arguments).code, 0);
  EXPECT_EQ(results(elsewhere), results(folder_ / "whole"));
  // So may the folders that --shard was given.
  const fs::path third = folder_ / "third";
  EXPECT_EQ(moulinette({"class", "--kit", TOY_KIT, "--out", third.string(), "--merge", out_.string()}).code,
            2)
      << "this is the whole class";
  fs::remove(out_ / "class.json");
  EXPECT_EQ(moulinette({"class", "--kit", TOY_KIT, "--out", third.string(), "--merge", out_.string()}).code,
            0);
  EXPECT_EQ(results(third), results(folder_ / "whole"));
}

TEST_F(ClassTest, MergesOnlyWhatWasGraded) {
  fs::create_directories(folder_ / "empty");
  for (const auto& [shard, sentence] :
       {std::pair(fs::path("/nowhere"), "There is no folder /nowhere."),
        std::pair(
            folder_ / "empty",
            "has no class.json: --merge takes what --shard I/N has written to its end, or its --out.")}) {
    const Finished merged = moulinette({"class", "--kit", TOY_KIT, "--out", out_.string(), "--merge", shard});
    EXPECT_EQ(merged.code, 2) << merged.output;
    EXPECT_NE(merged.output.find(sentence), std::string::npos) << merged.output;
    EXPECT_FALSE(fs::exists(out_)) << "nothing is begun";
  }
}

/// A class of few, with files of their own.
class SmallClassTest : public ClassTest {
 protected:
  void hand_in(const std::string& place, const std::string& file) const {
    fs::create_directories((hand_ins_ / place).parent_path());
    fs::copy_file(file, hand_ins_ / place, fs::copy_options::overwrite_existing);
    run({"touch", "-d", "2026-05-02T12:00:00Z", (hand_ins_ / place).string()});
  }
};

TEST_F(SmallClassTest, MayBeLateAndHaveAttempts) {
  hand_in("ann/attempt_1/toy.cpp", TOY "/solutions/reference.cpp");
  hand_in("ann/attempt_2/toy.cpp", TOY "/exercise/toy.cpp");
  const auto ann = [this](std::vector<std::string> options) {
    options.insert(options.end(), {"--out", out_.string()});
    const Finished graded = grade(options);
    EXPECT_EQ(graded.code, 0) << graded.output;
    return read_class(out_).students.at(0);
  };
  EXPECT_EQ(ann({}).score, 0);
  EXPECT_EQ(ann({"--count", "best"}).score, 100);
  const StudentResult late =
      ann({"--count", "best", "--deadline", "2026-05-01T12:00Z", "--late", "10%/day, at most 3 days"});
  EXPECT_EQ(late.earned, 100);
  EXPECT_EQ(late.score, 90);
  EXPECT_EQ(late.attempts.size(), 2U);
  EXPECT_EQ(late.counting()->file, "ann/attempt_1/toy.cpp");
  EXPECT_EQ(late.counting()->late, std::chrono::hours(24));

  // What a platform reads has the points that count.
  const Finished converted =
      shell(fmt::format("{} convert {}/graded/ann.json --report gradescope=-", MOULINETTE, out_.string()));
  const nlohmann::json results = nlohmann::json::parse(converted.output, nullptr, false);
  ASSERT_TRUE(results.is_object()) << converted.output;
  EXPECT_EQ(results["score"], 90);
  EXPECT_NE(results["output"].get<std::string>().find("1440 minutes late: 90 points count"),
            std::string::npos);

  const Finished all = shell(fmt::format("{0} convert {1}/class.json --report gradescope --out {1}-reports",
                                         MOULINETTE, out_.string()));
  EXPECT_EQ(all.code, 0) << all.output;
  EXPECT_EQ(read_text(out_.string() + "-reports/ann.gradescope.json"), converted.output);

  const StudentResult later =
      ann({"--count", "best", "--deadline", "2026-05-01T12:00Z", "--late", "40%/day"});
  EXPECT_EQ(later.score, 60);
  EXPECT_EQ(later.verdict, "failed") << "70 points are needed";
}

TEST_F(SmallClassTest, KeepsTheAttemptsThatWereOverwritten) {
  const auto ann = [this](const std::string& file, std::vector<std::string> options) {
    hand_in("ann/toy.cpp", file);
    options.insert(options.end(), {"--out", out_.string()});
    const Finished graded = grade(options);
    EXPECT_EQ(graded.code, 0) << graded.output;
    return read_class(out_).students.at(0);
  };
  const std::string right = TOY "/solutions/reference.cpp", stub = TOY "/exercise/toy.cpp";
  ann(stub, {});
  const StudentResult second = ann(right, {});
  ASSERT_EQ(second.attempts.size(), 2U);
  EXPECT_EQ(second.attempts[0].verdict, "failed");
  EXPECT_EQ(text_of(second.attempts[0].handed_in.value_or(Moment())), "2026-05-02T12:00:00Z");
  EXPECT_EQ(second.score, 100) << "the last one counts";
  const std::vector<std::string> late{"--deadline", "2026-05-01T12:00Z", "--late", "10%/day"};
  const StudentResult third = ann(TOY "/students/throws.cpp", late);
  ASSERT_EQ(third.attempts.size(), 3U);
  EXPECT_EQ(third.attempts[1].score, 90);
  EXPECT_EQ(third.score, third.attempts[2].score);
  EXPECT_EQ(ann(TOY "/students/throws.cpp", {"--count", "best"}).score, 100);
  EXPECT_EQ(read_text(out_ / source_file("ann")), read_text(right));
  EXPECT_EQ(ann(right, {}).attempts.size(), 3U) << "the same file again is no new attempt";
}

TEST_F(SmallClassTest, PlaysAgainWhatWasCompiledBefore) {
  hand_in("ann/toy.cpp", TOY "/solutions/reference.cpp");
  ASSERT_EQ(grade({"--out", out_.string()}).code, 0);
  shell(fmt::format("grep -l '\"outcome\"' -r {}/cache --include='*.json' | xargs rm", out_.string()));
  EXPECT_EQ(grade({"--out", out_.string()}).code, 0);
  EXPECT_EQ(read_class(out_).students.at(0).score, 100);
}

TEST_F(SmallClassTest, MayComeInAZipOrATar) {
  hand_in("ann/toy.cpp", TOY "/solutions/reference.cpp");
  hand_in("bob/toy.cpp", TOY "/exercise/toy.cpp");
  ASSERT_EQ(shell("cd " + (folder_ / "class").string() + " && tar czf class.tgz hand_ins").code, 0);
  const Finished graded = moulinette({"class", (folder_ / "class/class.tgz").string(), "--kit", TOY_KIT});
  EXPECT_EQ(graded.code, 0) << graded.output;
  const ClassResult result = read_class(folder_ / "class/class-graded");
  ASSERT_EQ(result.students.size(), 2U);
  EXPECT_EQ(result.students[0].id, "ann");
  EXPECT_EQ(result.students[0].score, 100);
  EXPECT_EQ(result.students[1].score, 0);
}

TEST_F(SmallClassTest, EndsWithTheHandInsThatHaveNothingToGrade) {
  hand_in("ann/toy.cpp", TOY "/solutions/reference.cpp");
  fs::create_directories(hand_ins_ / "bob");
  write_text(hand_ins_ / "bob/work.zip", stored_zip({{"toy.cpp", "int"}}).substr(0, 30));
  const auto last_lines = [this] {
    const std::string output = grade({"--out", out_.string()}).output;
    return output.substr(std::min(output.size(), output.find("index.html.\n")));
  };
  EXPECT_EQ(grade({"--out", out_.string()}).code, 0) << "what could be graded was";
  EXPECT_EQ(last_lines(),
            "index.html.\n\n"
            "1 hand-in has nothing that can be graded, and so no points:\n"
            "  bob: bob/work.zip cannot be unpacked, or is too large. bob holds no C++ source.\n"
            "Ask for it again, then run the same command: only what is new is graded.\n");
  fs::create_directories(hand_ins_ / "cem");
  write_text(hand_ins_ / "cem/toy.cpp", "");
  const std::string both = last_lines();
  EXPECT_NE(both.find("2 hand-ins have nothing"), std::string::npos) << both;
  EXPECT_NE(both.find("  cem: The file is empty.\nAsk for them again"), std::string::npos) << both;
}

TEST_F(SmallClassTest, SaysThatThereIsNoHiddenTestToRelease) {
  hand_in("ann/toy.cpp", TOY "/solutions/reference.cpp");
  const std::string sentence = "toy has no hidden test: students see the same without --release.";
  const Finished released = grade({"--release", "--out", out_.string()});
  EXPECT_NE(released.output.find(sentence), std::string::npos) << released.output;
  EXPECT_EQ(grade({"--out", out_.string()}).output.find(sentence), std::string::npos);
}

/// A class of a toy whose spec is another one.
class ChangedClassTest : public ChangedToy {
 protected:
  ClassResult grade(const std::string& source, std::vector<std::string> options = {}) {
    fs::create_directories(folder_ / "hand_ins/ann");
    write_text(folder_ / "hand_ins/ann/toy.cpp", source);
    options.insert(options.begin(), {"class", (folder_ / "hand_ins").string(), "--kit", write_kit()});
    const Finished graded = moulinette(options);
    EXPECT_EQ(graded.code, 0) << graded.output;
    return read_class(folder_ / "hand_ins-graded");
  }
};

TEST_F(ChangedClassTest, KnowsTheMistakeOfWhoPassesNevertheless) {
  spec_["pass"] = 50;
  std::string wrong = read_text(TOY "/solutions/reference.cpp");
  wrong.replace(wrong.find("i = 1"), 5, "i = 0");
  const ClassResult result = grade(wrong);
  EXPECT_EQ(result.students.at(0).verdict, "passed");
  EXPECT_EQ(result.students.at(0).nearest, "mutant_off_by_one");
}

TEST_F(ChangedClassTest, TellsTheSimplestScenarioThatFails) {
  std::swap(spec_["tests"][0], spec_["tests"][1]);  // counts comes first
  const auto messages = [this](const std::string& start, std::size_t length) {
    const std::string source =
        "#include <stdexcept>\n#include <string>\nint add(int a, int b) {\n"
        "  if (a != 20) throw std::runtime_error(std::to_string(a) + \" and \" + std::to_string(b) + "
        "std::string(" +
        std::to_string(length) + ", '.'));\n  return a + b;\n}\nint count_to(int n) { return n + " + start +
        "; }\n";
    grade(source);
    const Json graded = Json::parse(read_text(folder_ / "hand_ins-graded/graded/ann.json"));
    const Json& adds = graded.at("tests").at(1);
    EXPECT_EQ(adds.at("name"), "adds");
    const std::string token = adds.at("replay");
    EXPECT_TRUE(token.starts_with(fmt::format("toy/adds/{}/", adds.at("schedule").get<int>()))) << token;
    return adds.at("message").get<std::string>();
  };
  const std::string simplest = "an exception escaped: -1000 and -1000.";
  const std::string first = messages("0", 1);
  EXPECT_TRUE(first.starts_with(simplest)) << first;
  const std::string after_another = messages("1", 300);
  EXPECT_TRUE(after_another.starts_with(simplest)) << "a long one is made short as well: " << after_another;
}

TEST_F(SmallClassTest, KeepsTheResultsOfTwoExercisesApart) {
  hand_in("ann/toy.cpp", TOY "/solutions/reference.cpp");
  ASSERT_EQ(grade({"--out", out_.string()}).code, 0);
  for (const char* file : {"class.json", "cache/exercise"}) {
    std::string text = read_text(out_ / file);
    text.replace(text.find("toy"), 3, "boy");
    write_text(out_ / file, text);
    const Finished other = grade({"--out", out_.string()});
    EXPECT_EQ(other.code, 2) << other.output;
    EXPECT_NE(
        other.output.find("has the results of boy, not of toy: give another folder, as with --out out-toy"),
        std::string::npos)
        << other.output;
    fs::remove(out_ / file);  // as if the run before had been interrupted
  }
}

TEST_F(SmallClassTest, HasOneSeedForTheWholeCourse) {
  const auto seed = [this](const std::string& out, std::vector<std::string> options) {
    options.insert(options.end(), {"--out", (folder_ / out).string()});
    EXPECT_EQ(grade(options).code, 0);
    return read_class(folder_ / out).seed;
  };
  hand_in("ann/toy.cpp", TOY "/solutions/reference.cpp");
  const std::uint64_t first = seed("monday", {});
  hand_in("bob/toy.cpp", TOY "/exercise/toy.cpp");
  EXPECT_EQ(seed("tuesday", {}), first);
  EXPECT_EQ(seed("chosen", {"--seed", "17"}), 17U);
  EXPECT_EQ(seed("chosen", {}), 17U) << "the points stay what they are";
}

TEST_F(SmallClassTest, LosesNoHandInOfAZipWithoutAWord) {
  const std::string right = read_text(TOY "/solutions/reference.cpp");
  const fs::path zip = folder_ / "moodle.zip";
  write_text(zip, stored_zip({{"Zoé Müller_12_assignsubmission_file_/toy.cpp", right},
                              {"Ann_11_assignsubmission_file_/toy.cpp", right}}));
  const Finished whole = moulinette({"class", zip.string(), "--kit", TOY_KIT, "--out", out_.string()});
  EXPECT_EQ(whole.code, 0) << whole.output;
  EXPECT_EQ(read_class(out_).students.at(1).name, "Zoé Müller");

  write_text(zip,
             stored_zip({{"../Zoé_12_assignsubmission_file_/toy.cpp", right},
                         {"Ann_11_assignsubmission_file_/toy.cpp", right},
                         {"Bob_13_assignsubmission_file_/hw.zip", stored_zip({{"/etc/toy.cpp", right}})}}));
  const Finished lost = moulinette({"class", zip.string(), "--kit", TOY_KIT, "--out", out_.string()});
  EXPECT_EQ(lost.code, 1) << lost.output;
  EXPECT_NE(lost.output.find("../Zoé_12_assignsubmission_file_/toy.cpp in moodle.zip was left out"),
            std::string::npos)
      << lost.output;
  EXPECT_NE(lost.output.find("13 handed in /etc/toy.cpp, which cannot be unpacked"), std::string::npos)
      << lost.output;
}

TEST_F(SmallClassTest, NeverWritesIntoItsHandIns) {
  hand_in("ann/toy.cpp", TOY "/solutions/reference.cpp");
  EXPECT_EQ(grade({"--out", (hand_ins_ / "out").string()}).code, 2);
  EXPECT_EQ(grade({"--out", hand_ins_.string()}).code, 2);
  fs::create_directories(folder_ / "mine");
  write_text(folder_ / "mine/thesis.tex", "years of work");
  EXPECT_EQ(grade({"--out", (folder_ / "mine").string()}).code, 2);
  EXPECT_EQ(grade({}).code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "class/hand_ins-graded/class.json"));
  EXPECT_EQ(shell("find " + hand_ins_.string() + " | wc -l").output, "3\n");
}

TEST_F(SmallClassTest, SaysWhatItNeeds) {
  fs::create_directories(hand_ins_ / "ann");
  const auto says = [this](std::vector<std::string> options, const std::string& text) {
    const Finished finished = grade(std::move(options));
    EXPECT_EQ(finished.code, 2);
    EXPECT_NE(finished.output.find(text), std::string::npos) << finished.output;
  };
  says({},
       "No file in it has the name of an exercise's file, or has it in its name.\n"
       "Say which one is graded: ./moulinette class EXERCISE hand_ins\n./moulinette list");
  write_text(hand_ins_ / "ann/toy.cpp", "int a;");
  says({"--deadline", "soon"}, "write it as 2026-05-01T23:59");
  says({"--late", "much", "--deadline", "2026-05-01"}, "10%/day, at most 3 days");
  says({"--late", "10%/day"}, "--deadline");
  says({"--shard", "3/2"}, "a shard is I/N with 1 ≤ I ≤ N");
  says({"--roster", "/nonexistent.csv"}, "There is no file /nonexistent.csv");
  EXPECT_EQ(moulinette({"class", "--kit", TOY_KIT}).code, 2);
  EXPECT_EQ(moulinette({"class", "/nonexistent", "--kit", TOY_KIT}).code, 2);
  EXPECT_EQ(moulinette({"class", "unheard_of", hand_ins_.string(), "--kit", TOY_KIT}).code, 2);
}

TEST_F(SmallClassTest, OfNobodyIsGradedAsWell) {
  hand_in("ann/report.pdf", TOY "/exercise/subject.md");
  const Finished graded =
      moulinette({"class", "toy", hand_ins_.string(), "--kit", TOY_KIT, "--out", out_.string()});
  EXPECT_EQ(graded.code, 0) << graded.output;
  EXPECT_EQ(read_class(out_).students.at(0).verdict, "missing");
}

}  // namespace
}  // namespace corokit::moulinette
