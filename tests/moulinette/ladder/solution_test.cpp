#include "ladder/solution.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

TEST(OpeningComment, IsTakenOutAsOneParagraph) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"// One\n//  two.\n#pragma once\nint i;  // i\n// more\n", "#pragma once\nint i;  // i\n// more\n"},
      {"#pragma once\n\n// One\n// two.\n\nint i;\n", "#pragma once\n\n\nint i;\n"},
      {"/// One\n///\n/// two.\nint i;\n", "int i;\n"}};
  for (auto [text, rest] : cases) {
    EXPECT_EQ(take_opening_comment(text), "One two.") << text;
    EXPECT_EQ(text, rest);
  }
  std::string text = "#include <x>\n// Not this one.\n";
  EXPECT_EQ(take_opening_comment(text), "");
  EXPECT_EQ(text, "#include <x>\n// Not this one.\n");
}

class Solutions : public testing::Test {
 protected:
  Finished program(const std::string& arguments) const {
    return shell("XDG_STATE_HOME=" + workspace_.path().string() + " " MOULINETTE " " + arguments +
                 " --kit " TOY_KIT);
  }

  Workspace workspace_;
};

TEST_F(Solutions, AreShownToThoseWhoHavePassed) {
  for (const char* command : {"solution toy", "solution toy --json"}) {
    const Finished early = program(command);
    EXPECT_EQ(early.code, 1);
    EXPECT_EQ(early.output, "moulinette: You have not passed toy yet: its solutions are shown after that.\n");
  }
  EXPECT_EQ(program("solution nonsense").code, 2);
  const std::string mine = (workspace_.path() / "mine.cpp").string();
  std::filesystem::copy(TOY "/solutions/reference.cpp", mine);
  ASSERT_EQ(program("grade toy " + mine).code, 0);

  const Finished shown = program("solution toy");
  EXPECT_EQ(shown.code, 0);
  std::size_t place = 0;
  for (const char* part :
       {"toy/solutions/reference.cpp\n", "return a + b;", "toy/solutions/noisy.cpp\n", "int add("}) {
    place = shown.output.find(part, place);
    ASSERT_NE(place, std::string::npos) << part << "\n" << shown.output;
  }
  const Json json = Json::parse(program("solution toy --json").output);
  EXPECT_EQ(json["reference"]["text"], read_text(TOY "/solutions/reference.cpp"));
  EXPECT_EQ(json["alternatives"].size(), 1U);
  EXPECT_EQ(keys(json["alternatives"][0]), (std::set<std::string>{"file", "difference", "text"}));
}

}  // namespace
}  // namespace corokit::moulinette
