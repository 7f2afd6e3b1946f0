// The launcher up to the point where it starts to build.
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

constexpr const char* kLauncher = ROOT "/moulinette";

TEST(Launcher, HelpsWithoutBuilding) {
  const Finished finished = run({kLauncher, "--help"});
  EXPECT_EQ(finished.code, 0);
  EXPECT_TRUE(finished.output.starts_with("Usage: ./moulinette")) << finished.output;
}

TEST(Launcher, CallsMisuseMisuse) {
  EXPECT_EQ(run({kLauncher}).code, 2);
  EXPECT_EQ(run({kLauncher, "frobnicate"}).code, 2);
  EXPECT_EQ(run({kLauncher, "test", "--frobnicate"}).code, 2);
}

TEST(Launcher, WorksThroughASymlinkFromAnywhere) {
  const Workspace workspace;
  std::filesystem::create_symlink(kLauncher, workspace.path() / "link");
  const Finished finished =
      run_process({.argv = {(workspace.path() / "link").string(), "--help"}, .directory = workspace.path()},
                  {}, nobody_interrupts());
  EXPECT_EQ(finished.code, 0) << finished.output;
}

TEST(Launcher, TellsHowToInstallWhatIsMissing) {
  // To the launcher this is a machine on which only patch is installed.
  const Workspace workspace;
  write_text(workspace.path() / "dpkg-query", "#!/bin/sh\necho 'patch installed'\n");
  std::filesystem::permissions(workspace.path() / "dpkg-query", std::filesystem::perms::all);
  // If the launcher tries to install something nevertheless, nothing happens.
  write_text(workspace.path() / "apt-get", "#!/bin/sh\nexit 1\n");
  std::filesystem::permissions(workspace.path() / "apt-get", std::filesystem::perms::all);
  for (const char* arguments : {" --no-install validate", " validate --no-install", " test --no-install"}) {
    const Finished finished = shell("PATH=" + workspace.path().string() + ":$PATH " + kLauncher + arguments);
    EXPECT_EQ(finished.code, 2) << arguments;
    EXPECT_NE(finished.output.find("libexpected-dev"), std::string::npos) << finished.output;
    EXPECT_NE(finished.output.find("apt-get install -y"), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("Installing"), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("makes mutants from the reference"), std::string::npos)
        << "patch is there";
    EXPECT_EQ(finished.output.find("tokio"), std::string::npos) << "only bench --peers needs that";
  }
}

TEST(Launcher, InstallsOtherRuntimesOnlyToCompareWithThem) {
  // To the launcher everything is installed but the packages of tokio.
  const Workspace workspace;
  write_text(workspace.path() / "dpkg-query",
             "#!/bin/sh\nshift 2\nfor package; do case $package in librust-*) ;; *) echo \"$package "
             "installed\" ;; esac; done\n");
  std::filesystem::permissions(workspace.path() / "dpkg-query", std::filesystem::perms::all);
  const Finished finished = shell("PATH=" + workspace.path().string() + ":$PATH " + kLauncher +
                                  " --no-install bench --quick --peers");
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.output.find("librust-tokio-dev"), std::string::npos) << finished.output;
  EXPECT_EQ(finished.output.find("libexpected-dev"), std::string::npos) << finished.output;
}

}  // namespace
}  // namespace corokit::moulinette
