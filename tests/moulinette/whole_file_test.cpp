#include "whole_file.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <cerrno>
#include <functional>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::kNotAsExpected);
    return error.what();
  }
  return "none";
}

TEST(WholeFile, IsReadAsItWasWritten) {
  const Workspace workspace;
  const fs::path file = workspace.path() / "file";
  const std::string text = std::string("a\r\n\0b\xff", 6) + std::string(200'000, 'x');
  write_file(file, "old");
  write_file(file, text);
  EXPECT_EQ(read_file(file), text);
  EXPECT_EQ(std::distance(fs::directory_iterator(workspace.path()), fs::directory_iterator()), 1)
      << "nothing is left beside it";
  write_file(file, "");
  EXPECT_EQ(read_if_possible(file), "");
  EXPECT_NE(read_file("/proc/self/stat"), "") << "a file whose size is not known beforehand";
}

TEST(WholeFile, ThatCannotBeReadIsToldWithItsReason) {
  const Workspace workspace;
  EXPECT_EQ(read_if_possible(workspace.path() / "none"), std::nullopt);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(read_if_possible(workspace.path()), std::nullopt);
  EXPECT_EQ(errno, EISDIR);
  EXPECT_EQ(complaint([] { read_file("/nowhere/file"); }),
            "Cannot read /nowhere/file: No such file or directory.");
  EXPECT_EQ(complaint([&] { read_file(workspace.path()); }),
            "Cannot read " + workspace.path().string() + ": Is a directory.");
}

TEST(WholeFile, ThatCannotBeWrittenStaysAsItWas) {
  const Workspace workspace;
  EXPECT_EQ(complaint([] { write_file("/nowhere/file", ""); }),
            "Cannot write /nowhere/file: No such file or directory.");
  fs::create_directories(workspace.path() / "folder/more");
  EXPECT_FALSE(write_if_possible(workspace.path() / "folder", "text"));
  EXPECT_EQ(errno, EISDIR);
  EXPECT_EQ(std::distance(fs::directory_iterator(workspace.path()), fs::directory_iterator()), 1)
      << "nothing is left beside it";
}

}  // namespace
}  // namespace corokit::moulinette
