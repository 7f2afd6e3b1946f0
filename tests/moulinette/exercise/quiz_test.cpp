#include "exercise/quiz.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <functional>
#include <sstream>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

Json toy_quiz_json() {
  return Json::parse(read_text(TOY "/exercise/quiz.json"));
}

std::string complaint(const std::function<void(Json&)>& change) {
  Json json = toy_quiz_json();
  change(json);
  try {
    parse_quiz(json, "toy");
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

struct Asked {
  std::size_t right;
  std::string text;
};

Asked answer(const std::string& lines) {
  std::istringstream answers(lines);
  std::ostringstream out;
  const std::size_t right = ask(parse_quiz(toy_quiz_json(), "toy"), answers, out, Style(false), true);
  return {right, out.str()};
}

bool says(const Asked& asked, const std::string& text) {
  return asked.text.find(text) != std::string::npos;
}

TEST(Quiz, CountsRightAnswersAndExplainsEach) {
  const Asked asked = answer("b\nb\n");
  EXPECT_EQ(asked.right, 1U);
  EXPECT_TRUE(says(asked, "Right. One and one are two.")) << asked.text;
  EXPECT_TRUE(says(asked, "No: a. There is nothing to count.")) << asked.text;
  EXPECT_TRUE(says(asked, "1 of 2 right")) << asked.text;
}

TEST(Quiz, ShowsCodeAsItStands) {
  EXPECT_TRUE(says(answer(""), "\n       std::cout << add(1, 1);\n"));
}

TEST(Quiz, RepeatsAnswersThatNobodyTyped) {
  EXPECT_TRUE(says(answer("B\n"), "\n> B\n   Right."));
}

TEST(Quiz, TakesCapitalLettersAndSpaces) {
  EXPECT_EQ(answer(" B \n\tA\n").right, 2U);
}

TEST(Quiz, AsksAgainForWhatIsNoAnswer) {
  const Asked asked = answer("z\n\n2\nbb\nb\na\n");
  EXPECT_EQ(asked.right, 2U);
  EXPECT_TRUE(says(asked, "Answer with a letter from a to c")) << asked.text;
}

TEST(Quiz, EndsWithItsInput) {
  EXPECT_EQ(answer("").right, 0U);
  EXPECT_EQ(answer("b").right, 1U);
  EXPECT_EQ(answer("b\nq\na\n").right, 1U);
}

TEST(Quiz, RefusesWhatCannotBeAnswered) {
  EXPECT_NE(complaint([](Json& json) { json["questions"][0]["answer"] = "d"; }).find("a letter from a to c"),
            std::string::npos);
  EXPECT_NE(complaint([](Json& json) {
              json["questions"][0]["choices"] = {"only one"};
            }).find("\"questions[0].choices\" must be a list of texts with 2 to 9 items, not a list of 1"),
            std::string::npos);
  EXPECT_EQ(complaint([](Json& json) { json["questions"][1].erase("explanation"); }),
            "quiz.json: \"questions[1].explanation\" is missing");
  EXPECT_EQ(complaint([](Json& json) { json["questions"].clear(); }),
            "quiz.json: \"questions\" must be a list of objects with at least 1 item, not a list of 0");
  EXPECT_EQ(complaint([](Json& json) { json["question"] = "?"; }),
            "quiz.json: there is a key \"question\": did you mean \"questions\"?");
}

TEST(Quiz, SpeaksTheLanguageOfItsQuestions) {
  std::istringstream answers("x\nb\nb\n");
  std::ostringstream out;
  ask(parse_quiz(toy_quiz_json(), "toy", Language::french), answers, out, Style(false), true);
  for (const char* part : {"toy : 2 questions. Répondez par une lettre, ou q pour arrêter.\n",
                           "Répondez par une lettre de a à c, ou q pour arrêter.\n", "Juste. One and one",
                           "Non : a. There", "Réponses justes : 1 sur 2\n"})
    EXPECT_NE(out.str().find(part), std::string::npos) << part << "\n" << out.str();
}

// Same questions, same order, same answers.
TEST(Quiz, SaysTheSameInBothLanguages) {
  int found = 0;
  for (const auto& folder : std::filesystem::directory_iterator(ROOT "/exercises")) {
    if (!std::filesystem::exists(folder.path() / "quiz.fr.json")) continue;
    ++found;
    const std::string name = folder.path().filename();
    const Quiz english = load_quiz(folder.path() / "quiz.json", name);
    const Quiz french = load_quiz(folder.path() / "quiz.fr.json", name, Language::french);
    ASSERT_EQ(english.questions.size(), french.questions.size()) << name;
    for (std::size_t i = 0; i < english.questions.size(); ++i) {
      EXPECT_EQ(english.questions[i].answer, french.questions[i].answer) << name << " " << i;
      EXPECT_EQ(english.questions[i].choices.size(), french.questions[i].choices.size()) << name << " " << i;
      EXPECT_NE(english.questions[i].text, french.questions[i].text) << name << " " << i;
    }
  }
  EXPECT_GT(found, 0);
}

TEST(Quiz, EveryExerciseOfTheKitHasASoundOne) {
  int found = 0;
  for (const auto& folder : std::filesystem::directory_iterator(ROOT "/exercises")) {
    if (!std::filesystem::exists(folder.path() / "quiz.json")) continue;
    ++found;
    const Quiz quiz = load_quiz(folder.path() / "quiz.json", folder.path().filename());
    const bool is_rung = std::filesystem::exists(folder.path() / "lesson.md");
    EXPECT_GE(quiz.questions.size(), is_rung ? 3U : 8U) << quiz.exercise;
    EXPECT_LE(quiz.questions.size(), is_rung ? 5U : 24U) << quiz.exercise;
  }
  EXPECT_GT(found, 0);
}

// The questions are English where there are no others.
TEST(Quiz, IsAskedInTheLanguageOfTheReader) {
  const Workspace workspace;
  std::filesystem::copy(TOY "/exercise", workspace.path());
  Json kit = Json::parse(read_text(TOY_KIT));
  kit[0]["spec"] = (workspace.path() / "spec.json").string();
  write_text(workspace.path() / "kit.json", kit.dump());
  const std::string command = "quiz toy --kit " + (workspace.path() / "kit.json").string();
  const auto output = [&](const std::string& language) {
    return shell("printf 'b\na\n' | XDG_STATE_HOME=" + workspace.path().string() + " " MOULINETTE " " +
                 command + language)
        .output;
  };
  EXPECT_NE(output(" --language fr").find("2 of 2 right"), std::string::npos);
  const Json progress = Json::parse(read_text(workspace.path() / "corokit/progress.json"));
  EXPECT_EQ(progress["exercises"]["toy"]["knows_quiz"], true);
  std::filesystem::copy(TOY "/exercise/quiz.json", workspace.path() / "quiz.fr.json");
  EXPECT_NE(output(" --language fr").find("Réponses justes : 2 sur 2"), std::string::npos);
  EXPECT_NE(output(" --language en").find("2 of 2 right"), std::string::npos);
  write_text(workspace.path() / "quiz.fr.json", "{\"questions\": []}");
  EXPECT_NE(output(" --language fr").find("quiz.fr.json: "), std::string::npos);
}

// Runs the command without a terminal, and checks its exit status and its JSON.
TEST(Quiz, IsACommand) {
  const std::string command = MOULINETTE " quiz toy --kit " TOY_KIT;
  EXPECT_EQ(shell("printf 'b\\na\\n' | " + command).code, 0);
  EXPECT_EQ(shell("printf 'b\\nb\\n' | " + command).code, 1);
  EXPECT_EQ(shell(command + " </dev/null").code, 1);
  EXPECT_EQ(run({MOULINETTE, "quiz", "nonsense", "--kit", TOY_KIT}).code, 2);
  const Finished listed = shell(command + " --json </dev/null");
  EXPECT_EQ(listed.code, 0);
  Json expected = toy_quiz_json();
  expected.erase("$schema");
  expected["exercise"] = "toy";
  EXPECT_EQ(Json::parse(listed.output), expected);
}

}  // namespace
}  // namespace corokit::moulinette
