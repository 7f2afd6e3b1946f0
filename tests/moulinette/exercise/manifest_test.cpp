#include "exercise/manifest.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

/// Returns: what is said of a kit with this text.
std::string complaint(const std::string& text) {
  const Workspace workspace;
  const std::string file = workspace.path() / "kit.json";
  write_text(file, text);
  try {
    load_kit(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::kMisuse) << text;
    std::string message = error.what();
    EXPECT_TRUE(message.starts_with(file)) << message;
    return message.substr(file.size());
  }
  return "accepted";
}

TEST(Kit, ThatIsNoListOfExercisesIsRefused) {
  constexpr std::string_view kNone = " is no list of exercises that the build has written: ";
  for (const char* text : {"", "garbage",
                           "\x7f"
                           "ELF",
                           "{", "7", R"(["toy"])", R"([{"name": "toy"}])",
                           R"([{"name": 1, "spec": "", "manifest": ""}])", R"({"exercises": []})"})
    EXPECT_TRUE(complaint(text).starts_with(kNone)) << text << complaint(text);
  EXPECT_EQ(complaint(R"([{"name": "toy"}])"), std::string(kNone) + "key 'spec' not found.");
  for (const char* text : {"[]", "[null]", "null"}) EXPECT_EQ(complaint(text), " lists no exercise.") << text;
}

TEST(Kit, ThatIsNotThereIsAMatterOfTheBuild) {
  try {
    load_kit("/nowhere/kit.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::kNotAsExpected);
    EXPECT_STREQ(error.what(), "Cannot read /nowhere/kit.json: build the project first (./moulinette does).");
  }
}

TEST(Kit, ThatTheCommandLineNamesIsLookedFor) {
  for (const char* kit : {"/nowhere/kit.json", TOY "/exercise/toy.cpp"}) {
    const Finished finished = moulinette({"list", "--kit", kit});
    EXPECT_EQ(finished.code, 2) << finished.output;
    EXPECT_NE(finished.output.find(kit), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("unexpected"), std::string::npos) << finished.output;
  }
}

}  // namespace
}  // namespace corokit::moulinette
