#include "exercise/translation.hpp"

#include "exercise/norm_rules.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

class Translation : public testing::Test {
 protected:
  /// Returns: what translation_complaints() says, one after the other.
  std::string complaints_now() const {
    std::string all;
    for (const Complaint& complaint : translation_complaints(english_, french_))
      all += complaint.sentence + "\n";
    return all;
  }

  const Json english_ = Json::parse(read_text(TOY "/exercise/spec.json"));
  Json french_ = Json::parse(read_text(TOY "/exercise/spec.fr.json"));
};

TEST_F(Translation, StandsInThePlaceOfTheEnglishTexts) {
  const Spec spec = load_spec(load_kit(TOY_KIT).front(), Language::french);
  EXPECT_EQ(spec.title, french_["title"]);
  EXPECT_EQ(spec.module, french_["module"]);
  EXPECT_EQ(spec.teaches, french_["concept"]);
  EXPECT_EQ(spec.first_step, french_["first_step"]);
  EXPECT_EQ(spec.tests[0].what, french_["tests"]["adds"]["what"]);
  EXPECT_EQ(spec.tests[0].hints[1], french_["tests"]["adds"]["hints"][1]);
  EXPECT_EQ(spec.tests[1].parts[0].trap, french_["edge_cases"]["edge_nothing"]["trap"]);
  EXPECT_EQ(spec.tests[1].points, 40) << "what is no text stays";
  EXPECT_EQ(load_spec(load_kit(TOY_KIT).front()).tests[0].what, "the sum of two numbers");
}

TEST_F(Translation, OfAReportIsThatOfItsTests) {
  nlohmann::ordered_json graded = nlohmann::ordered_json::parse(R"_({
    "tests": [ { "name": "counts", "what": "counting up to n", "message": "killed by SIGSEGV in schedule 2: in a fold" },
               { "name": "of_another_kit", "what": "something else", "message": "in the end: 3 (in schedule 4)" } ],
    "compiler": "error: The compiler needs more than 2 GiB of memory.\nx.cpp:1: killed by SIGXCPU in schedule 1",
    "checks": [ { "test": "counts", "message": "it does not compile with the sanitizer" } ],
    "norm_note": "What #if leaves out was read as tokens only: from line 7.",
    "norm": [ { "symbol": "delete", "why": "manages memory by hand", "replacement": "ask somebody" } ]
})_");
  translate(graded, load_spec(load_kit(TOY_KIT).front(), Language::french));
  EXPECT_EQ(graded["tests"][0]["what"], "compter jusqu'à n");
  EXPECT_EQ(graded["tests"][1]["what"], "something else");
  EXPECT_EQ(graded["tests"][0]["message"], "tué par SIGSEGV dans l'ordonnancement 2 : in a fold");
  EXPECT_EQ(graded["tests"][1]["message"], "in the end: 3 (dans l'ordonnancement 4)") << "the test says it";
  EXPECT_EQ(graded["compiler"],
            "error: Le compilateur a besoin de plus de 2 Gio de mémoire.\nx.cpp:1: killed by SIGXCPU in "
            "schedule 1");
  EXPECT_EQ(graded["checks"][0]["message"], "il ne compile pas avec le sanitizer");
  EXPECT_EQ(graded["norm_note"],
            "Ce que #if laisse de côté n'a été lu que comme suite de lexèmes : à partir de la ligne 7.");
  EXPECT_EQ(graded["norm"][0]["why"], "gère la mémoire à la main");
  EXPECT_EQ(graded["norm"][0]["replacement"], "ask somebody") << "nobody has translated it";
}

TEST_F(Translation, SaysWhatSpecJsonSays) {
  EXPECT_EQ(complaints_now(), "");
  french_["tests"].erase("adds");
  french_["tests"]["ads"] = {{"what", "x"}, {"hints", {"y"}}};
  french_["tests"]["counts"]["hints"].push_back("z");
  french_["edge_cases"].erase("edge_turns");
  EXPECT_EQ(complaints_now(),
            "\"tests\" lacks \"adds\", which spec.json has\n"
            "\"tests\" has \"ads\", which spec.json does not have\n"
            "\"edge_cases\" lacks \"edge_turns\", which spec.json has\n"
            "\"tests.counts.hints\" must have 1 entries, as in spec.json, not 2\n");
}

/// Adds all texts of these keys.
void collect(const Json& json, const std::set<std::string>& keys, std::set<std::string>& texts) {
  for (const auto& [key, value] : json.items()) {
    if (value.is_structured()) collect(value, keys, texts);
    if (value.is_string() && keys.contains(key)) texts.insert(value.get<std::string>());
  }
}

TEST_F(Translation, KnowsAllThatTheNormSays) {
  std::set<std::string> texts;
  collect(Json::parse(read_text(ROOT "/exercises/norm.json")), {"what", "why", "replacement", "otherwise"},
          texts);
  EXPECT_GT(texts.size(), 90U);
  for (const std::string& text : texts) EXPECT_NE(norm_in_french(text), text);
}

}  // namespace
}  // namespace corokit::moulinette
