#include "platforms/report_file.hpp"

#include "error.hpp"
#include "testing/graded_samples.hpp"

#include <sys/stat.h>
#include <future>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

std::string complaint(const fs::path& file, const std::string& text = "new") {
  try {
    write_report_file(file, text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::kNotAsExpected);
    return error.what();
  }
  return "written";
}

TEST(ReportFile, ReplacesTheOldOneAndLeavesNothingElse) {
  const Workspace workspace;
  const fs::path file = workspace.path() / "a report.json";
  write_text(file, "old and longer");
  write_report_file(file, "new");
  EXPECT_EQ(read_text(file), "new");
  EXPECT_EQ(files_in(workspace.path()), 1U);
}

TEST(ReportFile, ALinkStaysALink) {
  const Workspace workspace;
  write_text(workspace.path() / "file", "old");
  fs::create_symlink("file", workspace.path() / "link");
  write_report_file(workspace.path() / "link", "new");
  EXPECT_TRUE(fs::is_symlink(workspace.path() / "link"));
  EXPECT_EQ(read_text(workspace.path() / "file"), "new");
}

TEST(ReportFile, APipeIsWrittenTo) {
  const Workspace workspace;
  const fs::path pipe = workspace.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  auto read = std::async(std::launch::async, [&] { return read_text(pipe); });
  write_report_file(pipe, "new");
  EXPECT_EQ(read.get(), "new");
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST(ReportFile, AFullDiskIsToldAndCostsNothing) {
  EXPECT_EQ(complaint("/dev/full"),
            "The report /dev/full cannot be written: No space left on device.\n"
            "Make room there or name another place, then give the same command again.");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
  const Workspace workspace;
  const fs::path file = workspace.path() / "report";
  write_text(file, "old");
  write_text(workspace.path() / "graded.json", to_text(graded_sample("warned")));
  // A limit on the size of files stands for the disk.
  const Finished finished = shell(fmt::format(
      "cd {} && trap '' XFSZ && ulimit -f 0 && exec {} convert graded.json --report junit=report 2>&1",
      workspace.path().string(), MOULINETTE));
  EXPECT_EQ(finished.code, 1);
  EXPECT_EQ(finished.output, "moulinette: The report report cannot be written: File too large.\n");
  EXPECT_EQ(read_text(file), "old");
  EXPECT_EQ(files_in(workspace.path()), 2U);
}

TEST(ReportFile, WhereNoneCanBeTheReasonIsTold) {
  const Workspace workspace;
  EXPECT_EQ(complaint(workspace.path()),
            fmt::format("The report {} cannot be written: Is a directory.", workspace.path().string()));
  EXPECT_EQ(complaint("/nowhere/report"),
            "The report /nowhere/report cannot be written: No such file or directory.");
}

}  // namespace
}  // namespace corokit::moulinette
