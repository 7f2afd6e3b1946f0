// Machines that are not as one would like them: what is wrong there is said, and is never the student's fault.
#include "testing/support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace corokit::moulinette {
namespace {

const std::string kGrade = MOULINETTE " grade toy " TOY "/solutions/reference.cpp --kit " TOY_KIT;

/// The toy's kit, with a shell script as its compiler, in a folder of its own beside the TMPDIR of the program, and without
/// namespaces.
class Machine : public testing::Test {
 protected:
  Machine() {
    std::filesystem::create_directory(tmp_);
    std::filesystem::create_directory(folder_ / "bin");
    write_text(folder_ / "bin/bwrap", "#!/bin/sh\nexit 1\n");
    std::filesystem::permissions(folder_ / "bin/bwrap", std::filesystem::perms::all);
  }

  /// Returns: the command that grades the reference with the script as the compiler.
  std::string grade_with_compiler(const std::string& script) {
    write_text(folder_ / "compiler", script);
    nlohmann::json kit = nlohmann::json::parse(read_text(TOY_KIT));
    nlohmann::json manifest = nlohmann::json::parse(read_text(kit[0]["manifest"].get<std::string>()));
    manifest["compile"] = {"/bin/sh", (folder_ / "compiler").string()};
    write_text(folder_ / "manifest.json", manifest.dump());
    kit[0]["manifest"] = (folder_ / "manifest.json").string();
    write_text(folder_ / "kit.json", kit.dump());
    // In a box of its own the script would see no other process.
    return "PATH=" + (folder_ / "bin").string() + ":$PATH " +
           in_tmp(MOULINETTE " grade toy " TOY "/solutions/reference.cpp --kit " +
                  (folder_ / "kit.json").string());
  }

  std::string in_tmp(const std::string& command) const { return "TMPDIR=" + tmp_.string() + " " + command; }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
  const std::filesystem::path tmp_ = folder_ / "tmp";
  const std::string left_ = (folder_ / "left").string();
  // For a script that stands for the compiler: leaves a file and a process. A process that has ended has no command line.
  const std::string leaves_ = "mktemp; sleep 1000 & echo $! >" + left_ + "; ";
  // box_init stands between the program and the script.
  const std::string kill_ = "kill -$signal $(cut -d ' ' -f 4 /proc/$PPID/stat); wait\n";
  const std::string look_ = "grep -q sleep /proc/$(cat " + left_ + ")/cmdline && echo it runs";
};

void expect_sentence(const Finished& finished, const std::string& sentence) {
  EXPECT_EQ(finished.code, 1) << finished.output;
  EXPECT_NE(finished.output.find(sentence), std::string::npos) << finished.output;
  EXPECT_EQ(finished.output.find("Score"), std::string::npos) << finished.output;
}

TEST_F(Machine, MayHaveARelativeTmpdir) {
  const Finished finished = shell("cd " + folder_.string() + " && TMPDIR=tmp " + kGrade);
  EXPECT_EQ(finished.code, 0) << finished.output;
}

// Not everybody may mount a folder with this option. What the system says of one is said here by a library instead.
TEST_F(Machine, MayForbidProgramsInTmpdir) {
  write_text(folder_ / "noexec.cpp",
             "#include <cerrno>\n#include <unistd.h>\n"
             "extern \"C\" int access(const char*, int mode) noexcept {\n"
             "  if (mode == X_OK) errno = EACCES;\n  return mode == X_OK ? -1 : 0;\n}\n");
  const std::string library = (folder_ / "noexec.so").string();
  const Finished compiled =
      shell(COMPILER " -shared -fPIC " + (folder_ / "noexec.cpp").string() + " -o " + library);
  ASSERT_TRUE(compiled.succeeded()) << compiled.output;
  expect_sentence(shell("LD_PRELOAD=" + library + " " + in_tmp(kGrade)), "mounted with the option noexec");
}

TEST_F(Machine, MayHaveFewDescriptors) {
  const Finished finished = shell("ulimit -n 64; " MOULINETTE " validate toy --kit " TOY_KIT);
  EXPECT_EQ(finished.code, 0) << finished.output;
}

TEST_F(Machine, MayHaveTooFewDescriptors) {
  for (const char* command : {"grade toy", "validate toy", "class /tmp"}) {
    const Finished finished =
        shell("ulimit -n 20; " MOULINETTE " " + std::string(command) + " --kit " TOY_KIT);
    EXPECT_EQ(finished.code, 1) << command;
    EXPECT_EQ(
        finished.output,
        "moulinette: Only 20 files may be open at once here, and it takes 48: raise the limit, as in ulimit "
        "-n 1024.\n");
  }
  for (const std::string& command : {kGrade, std::string(MOULINETTE " validate toy --kit " TOY_KIT)}) {
    const Finished finished = shell("ulimit -n 48; " + command);
    EXPECT_EQ(finished.code, 0) << finished.output;
  }
}

TEST_F(Machine, MayHaveTooFewProcesses) {
  // Root may have any number. The shell of the system may not know this limit.
  const std::string nobody = geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : "";
  if (shell(nobody + MOULINETTE " --version").code != 0)
    GTEST_SKIP() << "another user cannot run the program";
  ASSERT_EQ(shell("chmod 777 " + folder_.string() + " " + tmp_.string()).code, 0);
  for (const char* most : {"2", "8", "14", "32"})
    expect_sentence(shell(in_tmp(fmt::format("{}bash -c 'ulimit -u {}; exec {}'", nobody, most, kGrade))),
                    fmt::format("This user may have {} processes and threads at once, and has ", most));
}

TEST_F(Machine, MaySpeakAnotherLanguage) {
  const Finished finished =
      shell("LC_ALL=fr_FR.UTF-8 LANGUAGE=fr " +
            grade_with_compiler("echo \"solution.cpp:1:1: error: in $LC_ALL,$LANGUAGE\"; exit 1\n"));
  EXPECT_NE(finished.output.find("error: in C.UTF-8,\n"), std::string::npos) << finished.output;
}

TEST_F(Machine, MayHaveNoRoomForTheOutput) {
  for (const char* command :
       {"--help", "--version", "list", "list --json", "grade toy", "grade toy --json", "validate toy",
        "validate toy --json", "quiz toy --json", "quiz toy", "next", "next --json", "watch toy"}) {
    const std::string kit = command[0] == '-' ? "" : " --kit " TOY_KIT;
    const Finished finished = shell(MOULINETTE " " + std::string(command) + kit + " </dev/null >/dev/full");
    EXPECT_EQ(finished.code, 1) << command;
    EXPECT_EQ(finished.output,
              "moulinette: The output cannot be written (No space left on device): send it to another place, "
              "and run the command again.\n")
        << command;
  }
}

TEST_F(Machine, IsLeftCleanAfterASignal) {
  for (const std::string signal : {"INT", "TERM", "HUP"}) {
    const Finished finished = shell(grade_with_compiler("signal=" + signal + "; " + leaves_ + kill_) +
                                    "; echo status $?; " + look_);
    EXPECT_NE(finished.output.find("status 130"), std::string::npos) << finished.output;
    EXPECT_EQ(finished.output.find("it runs"), std::string::npos) << signal << finished.output;
    EXPECT_TRUE(std::filesystem::is_empty(tmp_)) << signal;
  }
}

TEST_F(Machine, IsLeftCleanWhenNobodyReads) {
  const Finished finished = shell("{ " + in_tmp(kGrade) + "; echo status $? >&2; } | true");
  EXPECT_TRUE(std::filesystem::is_empty(tmp_)) << finished.output;
}

TEST_F(Machine, MayHaveNoRoomForErrorsEither) {
  for (const char* streams : {">/dev/full 2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"}) {
    const Finished finished =
        shell("{ " + kGrade + "; } " + streams + "; echo status $?; ls " + tmp_.string());
    EXPECT_EQ(finished.output, "status 1\n") << streams;
  }
}

// A program that was killed cannot clean up, and a compiler does not die with it.
TEST_F(Machine, IsCleanedByTheNextCallAfterAKill) {
  const std::string killed = grade_with_compiler("signal=KILL; " + leaves_ + kill_);
  const Finished first = shell(killed + "; " + look_ + "; ls " + tmp_.string() + "; " + in_tmp(kGrade) +
                               " >&2; echo again; " + look_);
  EXPECT_NE(first.output.find("it runs\nmoulinette."), std::string::npos) << first.output;
  EXPECT_TRUE(first.output.ends_with("again\n")) << first.output;
  EXPECT_TRUE(std::filesystem::is_empty(tmp_));
}

// One that is stopped lives.
TEST_F(Machine, KeepsTheFoldersOfThoseWhoLive) {
  const std::string has_folder = "ls " + tmp_.string() + " | grep moulinette";
  const std::string works = "test -d " + tmp_.string() + "/moulinette.*/submission";
  const Finished finished = shell(in_tmp(kGrade) + " >/dev/null & until " + works +
                                  " || ! kill -0 $!; do :; done; kill -STOP $!; " + in_tmp(kGrade) +
                                  "; echo left:; " + has_folder + "; kill -CONT $!; wait $!");
  EXPECT_NE(finished.output.find("Score 100/100"), std::string::npos) << finished.output;
  EXPECT_NE(finished.output.find("left:\nmoulinette."), std::string::npos) << finished.output;
  EXPECT_TRUE(std::filesystem::is_empty(tmp_));
}

TEST_F(Machine, MayHaveADumbTerminal) {
  const std::string script = "script -qec '" + kGrade + "' /dev/null </dev/null";
  const std::string on_xterm = shell("TERM=xterm " + script).output;
  EXPECT_NE(on_xterm.find('\x1b'), std::string::npos) << on_xterm;
  for (const char* terminal : {"TERM=dumb ", "TERM= "}) {
    const Finished finished = shell(terminal + script);
    EXPECT_EQ(finished.output.find('\x1b'), std::string::npos) << finished.output;
  }
}

TEST_F(Machine, MayHaveLostTheCurrentFolder) {
  for (const char* command : {"list", "grade toy", "validate toy"}) {
    const Finished finished =
        shell("cd " + tmp_.string() + " && rmdir " + tmp_.string() + " && " MOULINETTE " " + command +
              " --kit " TOY_KIT "; status=$?; mkdir " + tmp_.string() + "; exit $status");
    EXPECT_EQ(finished.code, 2);
    EXPECT_EQ(finished.output,
              "moulinette: The current folder does not exist any more: change to another one.\n");
  }
}

}  // namespace
}  // namespace corokit::moulinette
