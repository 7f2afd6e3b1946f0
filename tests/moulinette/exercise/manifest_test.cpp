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
  const Finished missing = moulinette({"list", "--kit", "/nowhere/kit.json"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_EQ(missing.output, "moulinette: There is no file /nowhere/kit.json, which --kit names.\n");
  const Finished source = moulinette({"list", "--kit", TOY "/exercise/toy.cpp"});
  EXPECT_EQ(source.code, 2);
  EXPECT_NE(source.output.find("toy.cpp is no list of exercises"), std::string::npos) << source.output;
}

}  // namespace
}  // namespace corokit::moulinette
