#include "building/included.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

bool holds(const std::vector<fs::path>& files, const fs::path& file) {
  return std::ranges::find(files, file) != files.end();
}

TEST(FilesToCompile, AreTheGivenHeadersAndWhatWasHandedIn) {
  const Workspace workspace;
  const Manifest manifest = load_manifest(load_kit(TOY_KIT).front().manifest);
  const fs::path source = workspace.path() / "solution.cpp";
  write_text(source, "#include \"toy.hpp\"\n");
  const std::vector<fs::path> files = files_to_compile(manifest, {source}, workspace.path());
  EXPECT_TRUE(holds(files, source));
  EXPECT_TRUE(holds(files, TOY "/exercise/toy.hpp"));
  EXPECT_FALSE(holds(files, TOY "/exercise/toy.cpp"));
}

TEST(FilesToCompile, AreNotChosenByWhatWasHandedIn) {
  const Workspace workspace;
  const Manifest manifest = load_manifest(load_kit(TOY_KIT).front().manifest);
  const fs::path source = workspace.path() / "solution.cpp";
  const fs::path secret = workspace.path() / "secret";
  write_text(secret, "not for you");
  write_text(source, "#include \"" TOY "/solutions/reference.cpp\"\n/*\n#include \"secret\"\n*/\n");
  const std::vector<fs::path> files = files_to_compile(manifest, {source}, workspace.path());
  EXPECT_FALSE(holds(files, TOY "/solutions/reference.cpp"));
  EXPECT_FALSE(holds(files, secret));
}

}  // namespace
}  // namespace corokit::moulinette
