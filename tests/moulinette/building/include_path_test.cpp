// A student's file cannot include any file of a solution.
#include "exercise/manifest.hpp"
#include "running/workspace.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <string>
#include <vector>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

/// The files of all solutions, with all that stands beside the reference.
std::vector<fs::path> solution_files(const Manifest& manifest) {
  std::vector<fs::path> files;
  for (const RosterEntry& entry : manifest.roster) {
    files.push_back(manifest.root / entry.file);
    if (entry.role != Role::reference) continue;
    for (const auto& part : fs::recursive_directory_iterator(files.back().parent_path()))
      if (part.is_regular_file()) files.push_back(part.path());
  }
  return files;
}

std::vector<fs::path> include_folders(const Manifest& manifest) {
  std::vector<fs::path> folders;
  for (const std::string& flag : manifest.compile)
    if (flag.starts_with("-I")) folders.emplace_back(flag.substr(2));
  return folders;
}

bool is_below(const fs::path& file, const fs::path& folder) {
  const fs::path below = fs::canonical(folder);
  return std::mismatch(below.begin(), below.end(), file.begin(), file.end()).first == below.end();
}

TEST(IncludePath, OfAStudentHoldsNoFileOfASolution) {
  for (const char* kit : {KIT, TOY_KIT}) {
    for (const Exercise& exercise : load_kit(kit)) {
      const Manifest manifest = load_manifest(exercise.manifest);
      if (!manifest.explorer.empty())
        continue;  // in a rung, only the given header is let through: see Headers
      const std::vector<fs::path> folders = include_folders(manifest);
      ASSERT_FALSE(folders.empty());
      for (const fs::path& folder : folders)
        for (const fs::path& file : solution_files(manifest))
          EXPECT_FALSE(is_below(fs::canonical(file), folder)) << file << " is below " << folder;
    }
  }
}

TEST(IncludePath, FindsNoHeaderOfTheReference) {
  const Workspace workspace;
  const fs::path source = workspace.path() / "curious.cpp";
  for (const Exercise& exercise : load_kit(KIT)) {
    const Manifest manifest = load_manifest(exercise.manifest);
    std::string text;
    for (const fs::path& file : solution_files(manifest)) {
      if (file.extension() != ".hpp") continue;
      for (const std::string& name : {file.filename().string(), fs::relative(file, manifest.root).string()})
        text.append("#if __has_include(\"")
            .append(name)
            .append("\")\n#error ")
            .append(name)
            .append(" is found\n#endif\n");
    }
    write_text(source, text);
    std::vector<std::string> command = manifest.compile;
    command.insert(command.end(), {"-fsyntax-only", source.string()});
    const Finished finished = run(command);
    EXPECT_TRUE(finished.succeeded()) << finished.output;
  }
}

}  // namespace
}  // namespace corokit::moulinette
