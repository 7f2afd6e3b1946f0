// The launcher up to the point where it starts to build.
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace corokit::moulinette {
namespace {

constexpr const char* kLauncher = ROOT "/moulinette";

TEST(Launcher, HelpsWithoutBuilding) {
  const Finished finished = run({kLauncher, "--help"});
  EXPECT_EQ(finished.code, 0);
  EXPECT_TRUE(finished.output.starts_with("Usage: ./moulinette")) << finished.output;
}

TEST(Launcher, HelpsToPrepare) {
  for (const char* help : {"--help", "-h"}) {
    const Finished finished = run({kLauncher, "prepare", help});
    EXPECT_EQ(finished.code, 0);
    EXPECT_TRUE(finished.output.starts_with("Usage: ./moulinette prepare EXERCISE")) << finished.output;
  }
  const Finished unknown = run({kLauncher, "prepare", "unheard_of"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.output.find("./moulinette list shows which there are"), std::string::npos)
      << unknown.output;
}

TEST(Launcher, CallsMisuseMisuse) {
  EXPECT_EQ(run({kLauncher}).code, 2);
  EXPECT_EQ(run({kLauncher, "frobnicate"}).code, 2);
  EXPECT_EQ(run({kLauncher, "test", "--frobnicate"}).code, 2);
}

TEST(Launcher, MakesNoExerciseOfANameThatTheKitUses) {
  for (const char* name : {"toy", "kit", "check"}) {
    const Finished finished = run({kLauncher, "new", name});
    EXPECT_EQ(finished.code, 2);
    EXPECT_EQ(finished.output,
              std::string("moulinette: the kit itself uses the name ") + name + ": choose another one\n");
  }
}

TEST(Launcher, WorksThroughASymlinkFromAnywhere) {
  const Workspace workspace;
  std::filesystem::create_symlink(kLauncher, workspace.path() / "link");
  const Finished finished =
      run_process({.argv = {(workspace.path() / "link").string(), "--help"}, .directory = workspace.path()},
                  {}, nobody_interrupts());
  EXPECT_EQ(finished.code, 0) << finished.output;
}

/// A copy of the launcher, with tools beside it that are shell scripts. To it everything is installed and configured.
class Launching : public testing::Test {
 protected:
  Launching() {
    std::filesystem::copy(kLauncher, folder_);
    std::filesystem::create_directories(folder_ / "build/tests/moulinette");
    write_text(folder_ / "build/build.ninja", "");
    tool("bin/dpkg-query", "shift 2; for package; do echo \"$package installed\"; done");
    tool("bin/apt-get", "exit 1");
    tool("bin/ninja", "exit 0");
    tool("build/tests/moulinette/moulinette", "echo ran \"$@\"");
  }

  void tool(const std::string& path, const std::string& script) {
    std::filesystem::create_directories((folder_ / path).parent_path());
    write_text(folder_ / path, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(folder_ / path, std::filesystem::perms(0755));
  }

  /// Runs it in a shell: `before` are variables or a command that runs another.
  Finished launch(const std::string& arguments, const std::string& before = "") const {
    return shell("PATH=" + path("bin") + ":$PATH TMPDIR=" + path("tmp") + " " + before + " " +
                 path("moulinette") + " " + arguments);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
};

TEST_F(Launching, ExploreCompilesTheFileAndLeavesNothingBehind) {
  tool("build/tests/explorer/explore_program", "test -s \"$1\" && shift && echo explored \"$@\"; exit 7");
  std::filesystem::create_directories(folder_ / "tests/explorer/programs");
  std::filesystem::create_directories(folder_ / "tmp");
  for (const char* flags : {"compiler_flags", "linker_flags"})
    std::filesystem::copy(std::string(ROOT "/tests/explorer/programs/") + flags,
                          folder_ / "tests/explorer/programs");
  write_text(folder_ / "right.cpp", "int f() { return 1; }\n");
  write_text(folder_ / "wrong.cpp", "int f() { return }\n");
  const Finished explored = launch("explore " + path("right.cpp") + " mine --preemptions 3");
  EXPECT_EQ(explored.output, "explored mine --preemptions 3\n");
  EXPECT_EQ(explored.code, 7) << "the exit status of the explorer";
  const Finished refused = launch("explore " + path("wrong.cpp"));
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.output.ends_with("wrong.cpp does not compile\n")) << refused.output;
  EXPECT_EQ(launch("explore mine").code, 2);
  EXPECT_EQ(launch("explore " + path("none.cpp")).output,
            "moulinette: there is no file " + path("none.cpp") + "\n");
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp"));
}

TEST_F(Launching, TellsHowToInstallWhatIsMissing) {
  tool("bin/dpkg-query", "echo 'patch installed'");
  for (const char* arguments : {"--no-install validate", "validate --no-install", "test --no-install"}) {
    const Finished finished = launch(arguments);
    EXPECT_EQ(finished.code, 2) << arguments;
    EXPECT_NE(finished.output.find("libexpected-dev"), std::string::npos) << finished.output;
    EXPECT_NE(finished.output.find("apt-get install -y"), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("Installing"), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("makes mutants from the reference"), std::string::npos)
        << "patch is there";
    EXPECT_EQ(finished.output.find("tokio"), std::string::npos) << "only bench --peers needs that";
  }
}

TEST_F(Launching, InstallsOtherRuntimesOnlyToCompareWithThem) {
  tool(
      "bin/dpkg-query",
      "shift 2; for package; do case $package in librust-*) ;; *) echo \"$package installed\" ;; esac; done");
  const Finished finished = launch("--no-install bench --quick --peers");
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.output.find("librust-tokio-dev"), std::string::npos) << finished.output;
  EXPECT_EQ(finished.output.find("libexpected-dev"), std::string::npos) << finished.output;
}

TEST_F(Launching, BuildsWithASanitizerOnlyForAnExerciseThatExists) {
  tool("bin/cmake", "echo configures; exit 1");
  std::filesystem::create_directories(folder_ / "exercises/real");
  write_text(folder_ / "exercises/real/spec.json", "{}");
  EXPECT_EQ(launch("grade raal --asan").output, "ran grade raal --asan\n");
  for (const char* command : {"grade real --asan", "replay real/test/17/4.1 mine.cpp --asan"})
    EXPECT_NE(launch(command).output.find("building with the preset asan for the first time"),
              std::string::npos)
        << command;
}

TEST_F(Launching, SaysWhyTheBuildFailed) {
  tool("bin/ninja", "echo 'spec.json:7: no file is named by \"x.cpp\"'; echo the end >&2; exit 1");
  for (const std::string command : {"grade toy", "validate", "list", "quiz toy"}) {
    const Finished finished = launch(command);
    EXPECT_EQ(finished.code, 1);
    EXPECT_EQ(finished.output,
              "spec.json:7: no file is named by \"x.cpp\"\nthe end\nmoulinette: the build failed\n");
  }
}

// The build does not accept a spec.json that names what is not there.
TEST_F(Launching, ChecksASpecThatBreaksTheBuild) {
  tool("bin/ninja", "echo 'spec.json:7: no file is named by \"x.cpp\"'; exit 1");
  const Finished finished = launch("spec toy");
  EXPECT_EQ(finished.code, 0);
  EXPECT_TRUE(finished.output.ends_with("moulinette: the build failed\nran spec toy\n")) << finished.output;
  std::filesystem::remove(folder_ / "build/tests/moulinette/moulinette");
  EXPECT_EQ(launch("spec toy").code, 1) << "there is no program";
}

TEST_F(Launching, SaysWhatNeedsTheWholeKit) {
  std::filesystem::create_directory(folder_ / "tests");
  write_text(folder_ / "tests/packed", "");
  for (const std::string command : {"validate", "new", "test", "solution", "pack"}) {
    const Finished finished = launch(command);
    EXPECT_EQ(finished.code, 2);
    EXPECT_EQ(finished.output,
              "moulinette: " + command + " needs the whole kit: this tree was packed for one exercise\n");
  }
  EXPECT_EQ(launch("grade toy").output, "ran grade toy\n");
  tool("bin/dpkg-query", "exit 0");
  const std::string missing = launch("grade toy --no-install").output;
  EXPECT_NE(missing.find("libelf-dev"), std::string::npos) << missing;
  EXPECT_EQ(missing.find("libgtest-dev"), std::string::npos) << missing;
}

TEST_F(Launching, SpeaksTheSameLanguageWithEveryTool) {
  tool("bin/ninja", "echo in $LC_ALL,$LANGUAGE; exit 1");
  EXPECT_NE(launch("list", "LC_ALL=fr_FR.UTF-8 LANGUAGE=fr").output.find("in C.UTF-8,\n"), std::string::npos);
}

TEST_F(Launching, HandsTheLanguageOfTheUserOn) {
  tool("build/tests/moulinette/moulinette", "echo speaks $COROKIT_LANGUAGE");
  // A shell may say before that it does not know the locale.
  const auto speaks = [this](const std::string& variables) {
    const std::string output = launch("next", variables).output;
    return output.substr(output.find("speaks"));
  };
  EXPECT_EQ(speaks("LC_ALL=fr_FR.UTF-8 LANG=de_DE"), "speaks fr_FR.UTF-8\n");
  EXPECT_EQ(speaks("LC_ALL= LC_MESSAGES= LANG=fr_CA"), "speaks fr_CA\n");
  EXPECT_EQ(speaks("COROKIT_LANGUAGE=en LANG=fr_CA"), "speaks en\n");
}

TEST_F(Launching, BuildsWhatWatchAsksFor) {
  tool("build/tests/moulinette/moulinette", "$COROKIT_LAUNCHER prepare $2");
  tool("bin/ninja", "case $3 in moulinette) exit 0 ;; esac; echo builds $3; exit 1");
  for (const char* name : {"real", "05_real"}) {
    std::filesystem::create_directories(folder_ / "exercises" / name);
    write_text(folder_ / "exercises" / name / "spec.json", "{}");
  }
  EXPECT_EQ(launch("watch real").output, "builds real.grading\nmoulinette: the build failed\n");
  EXPECT_EQ(launch("watch 05_real").output, "builds 05_real.implementations\nmoulinette: the build failed\n");
  EXPECT_EQ(launch("watch raal").output,
            "moulinette: there is no exercise \"raal\": ./moulinette list shows which there are\n");
}

TEST_F(Launching, DoesWithoutACacheWhereItCannotWriteOne) {
  tool("bin/ninja", "echo disabled: $CCACHE_DISABLE; exit 1");
  EXPECT_NE(launch("list", "HOME=/proc/nowhere").output.find("disabled: 1\n"), std::string::npos);
  EXPECT_NE(launch("list", "HOME=" + folder_.string()).output.find("disabled:\n"), std::string::npos);
}

TEST_F(Launching, UsesTheBuildOfSomebodyElseAsItIs) {
  tool("bin/ninja", "echo it builds; exit 1");
  const auto may_write = std::filesystem::perms::owner_write;
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  std::filesystem::permissions(folder_ / "build", may_write, std::filesystem::perm_options::remove);
  const std::string nobody = geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups" : "";
  EXPECT_EQ(launch("grade toy", nobody).output, "ran grade toy\n");
  std::filesystem::permissions(folder_ / "build/tests/moulinette/moulinette", std::filesystem::perms(0644));
  EXPECT_NE(
      launch("grade toy", nobody).output.find("build cannot be written, and nothing is built there yet"),
      std::string::npos);
  std::filesystem::permissions(folder_ / "build", may_write, std::filesystem::perm_options::add);
}

// A process that was killed may be there for a moment longer, so the test looks often.
TEST_F(Launching, EndsTheStepThatRunsWhenASignalComes) {
  std::filesystem::create_directory(folder_ / "tmp");
  for (const std::string signal : {"INT", "TERM", "HUP"}) {
    tool("bin/ninja", "echo $$ >" + path("left") + "; kill -" + signal + " $PPID; exec sleep 1000");
    const Finished finished =
        shell("(PATH=" + path("bin") + ":$PATH TMPDIR=" + path("tmp") + " exec " + path("moulinette") +
              " list); echo status $?; left=$(cat " + path("left") +
              "); for look in $(seq 2000); do grep -q . /proc/$left/cmdline || exit; done; echo it runs");
    EXPECT_NE(finished.output.find("status 1"), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("it runs"), std::string::npos) << signal << finished.output;
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp")) << signal;
  }
}

TEST_F(Launching, DrawsOnNoTerminalThatCannotBeDrawnOn) {
  tool("bin/ninja", "echo a line of ninja");
  const auto on_terminal = [this](const std::string& variables) {
    return launch("list' /dev/null </dev/null", variables + " script -qec '").output;
  };
  const std::string narrow = on_terminal("TERM=xterm COLUMNS=7");
  EXPECT_NE(narrow.find("\x1b[Ka line\r"), std::string::npos) << narrow;
  const std::string odd = on_terminal("TERM=xterm COLUMNS=abc");
  EXPECT_NE(odd.find("\x1b[Ka line of ninja\r"), std::string::npos) << odd;
  EXPECT_EQ(on_terminal("TERM=dumb"), "ran list\r\n");
}

TEST_F(Launching, NeedsACurrentFolder) {
  std::filesystem::create_directory(folder_ / "gone");
  const Finished finished =
      shell("cd " + path("gone") + " && rmdir " + path("gone") + " && " + path("moulinette") + " list");
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.output.find("moulinette: the current folder does not exist any more"), std::string::npos)
      << finished.output;
}

TEST_F(Launching, WorksInACloneWithLinesOfAnotherSystem) {
  std::filesystem::copy(ROOT "/.gitattributes", folder_);
  const std::string git =
      "git -C " + folder_.string() + " -c core.autocrlf=true -c user.name=x -c user.email=x ";
  const Finished cloned = shell(git + "init -q && " + git + "add moulinette .gitattributes && " + git +
                                "commit -qm x && rm " + path("moulinette") + " && " + git + "checkout -q .");
  ASSERT_TRUE(cloned.succeeded()) << cloned.output;
  EXPECT_EQ(read_text(folder_ / "moulinette").find('\r'), std::string::npos);
}

}  // namespace
}  // namespace corokit::moulinette
