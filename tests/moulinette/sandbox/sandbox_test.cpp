#include "sandbox/sandbox.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace corokit::moulinette {
namespace {

/// A folder whose bwrap fails, before those of PATH.
class Refusing : public testing::Test {
 protected:
  Refusing() {
    write_text(workspace_.path() / "bwrap",
               "#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n");
    std::filesystem::permissions(workspace_.path() / "bwrap", std::filesystem::perms::all);
  }

  Finished grade(std::vector<std::string> more) {
    return start({"grade", "toy", TOY "/solutions/reference.cpp", "--kit", TOY_KIT}, std::move(more));
  }

  Finished start(std::vector<std::string> arguments, std::vector<std::string> more) {
    Command command{.argv = std::move(arguments),
                    .environment = {"PATH=" + workspace_.path().string() + ":/usr/bin:/bin"}};
    command.argv.insert(command.argv.begin(), MOULINETTE);
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    return run_process(command, {});
  }

  Workspace workspace_;
};

TEST_F(Refusing, ARightSolutionPassesAllTheSame) {
  const Finished text = grade({});
  EXPECT_EQ(text.code, 0) << text.output;
  EXPECT_NE(text.output.find("sandbox: filtered. A hostile file can read what you can read,"),
            std::string::npos)
      << text.output;
  const auto json = nlohmann::json::parse(grade({"--json"}).output);
  EXPECT_EQ(json["verdict"], "passed");
  EXPECT_EQ(json["sandbox"]["level"], "filtered");
}

TEST_F(Refusing, ARungPassesAsWell) {
  const Finished json = start({"grade", "01_task", ROOT "/mutants/01_task/task.hpp", "--json"}, {});
  EXPECT_EQ(nlohmann::json::parse(json.output)["verdict"], "passed") << json.output;
}

TEST_F(Refusing, AStrongerSandboxCanBeRequired) {
  const Finished refused = grade({"--require-sandbox"});
  EXPECT_EQ(refused.code, Error::kMisuse);
  EXPECT_NE(refused.output.find("The sandbox is not \"full\" here, only \"filtered\": "), std::string::npos)
      << refused.output;
  EXPECT_NE(refused.output.find("No permissions to create new namespace"), std::string::npos)
      << refused.output;
  EXPECT_EQ(grade({"--require-sandbox=filtered"}).code, 0);
}

TEST(Sandbox, SaysWhatTheNextLevelLacks) {
  EXPECT_EQ(sandbox().missing.empty(), sandbox().level == SandboxLevel::full);
  EXPECT_NO_THROW(require_sandbox(sandbox().level));
  if (sandbox().level == SandboxLevel::full) return;
  EXPECT_THROW(require_sandbox(SandboxLevel::full), Error);
}

TEST(Sandbox, EachLevelHasAWordAndASentence) {
  for (const SandboxLevel level :
       {SandboxLevel::none, SandboxLevel::filtered, SandboxLevel::isolated, SandboxLevel::full}) {
    EXPECT_EQ(sandbox_level(word(level)), level);
    EXPECT_TRUE(what_remains(level).ends_with("."));
  }
}

}  // namespace
}  // namespace corokit::moulinette
