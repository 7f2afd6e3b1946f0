#include "mutation/object_cache.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

/// A program of a source and a header beside it, and a cache.
class ObjectCacheTest : public testing::Test {
 protected:
  ObjectCacheTest() {
    write_text(source_, "#include \"part.hpp\"\n#include <cstddef>\nint twice() { return 2 * kPart; }\n");
    write_text(part_, "constexpr int kPart = 1;\n");
    program_ = cache().inspect(source_);
  }

  ObjectCache cache() const {
    return {manifest_, workspace_.path() / "kept", std::chrono::seconds(60), nobody_interrupts()};
  }
  Made compile(const fs::path& changed, const std::string& text) {
    return cache().compile(program_, changed, text, workspace_.make_folder(std::to_string(++folders_)));
  }
  std::size_t kept() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(workspace_.path() / "kept"), {}));
  }

  const Workspace workspace_;
  const fs::path source_ = workspace_.path() / "source.cpp";
  const fs::path part_ = workspace_.path() / "part.hpp";
  Manifest manifest_ = [] {
    const auto kit = load_kit(TOY_KIT);
    return load_manifest(kit.front().manifest);
  }();
  RightProgram program_;
  int folders_ = 0;
};

TEST_F(ObjectCacheTest, FindsTheHeadersBesideASource) {
  EXPECT_EQ(program_.files, (std::vector<fs::path>{source_, part_}));
}

TEST_F(ObjectCacheTest, MakesEqualObjectsOfEqualPrograms) {
  const Made right = compile(source_, read_text(source_));
  ASSERT_EQ(right.how, Made::How::done) << right.message;
  EXPECT_EQ(compile(part_, "constexpr int kPart = 1 + 0;\n").hash, right.hash);
  EXPECT_NE(compile(part_, "constexpr int kPart = 3;\n").hash, right.hash);
}

TEST_F(ObjectCacheTest, CompilesNothingTwice) {
  const std::string wrong = "constexpr int kPart = 4;\n";
  const Made first = compile(part_, wrong);
  const auto when = fs::last_write_time(first.file);
  EXPECT_EQ(compile(part_, wrong).hash, first.hash);
  EXPECT_EQ(fs::last_write_time(first.file), when);
  EXPECT_EQ(kept(), 1U);
  compile(part_, "constexpr int kPart = 5;\n");
  EXPECT_EQ(kept(), 2U);
}

TEST_F(ObjectCacheTest, RemembersWhatTheCompilerRefuses) {
  const Made refused = compile(part_, "nonsense;\n");
  EXPECT_EQ(refused.how, Made::How::refused);
  EXPECT_NE(refused.message.find("error: "), std::string::npos) << refused.message;
  EXPECT_EQ(compile(part_, "nonsense;\n").message, refused.message);
  EXPECT_EQ(kept(), 1U);
}

TEST_F(ObjectCacheTest, CompilesAnewWhatAnythingElseChanged) {
  const Made first = compile(source_, "#include \"part.hpp\"\nint x = kPart;\n");
  write_text(part_, "constexpr int kPart = 7;\n");
  program_ = cache().inspect(source_);
  EXPECT_NE(compile(source_, "#include \"part.hpp\"\nint x = kPart;\n").hash, first.hash);
}

TEST_F(ObjectCacheTest, KeepsWhatWasUsed) {
  const Made one = compile(part_, "constexpr int kPart = 8;\n");
  compile(part_, "constexpr int kPart = 9;\n");
  cache().keep_only({one.file});
  EXPECT_EQ(kept(), 1U);
  EXPECT_TRUE(fs::exists(one.file));
}

TEST_F(ObjectCacheTest, SaysWhatIsWrongWithARightProgram) {
  write_text(source_, "nonsense\n#include \"missing.hpp\"\n");
  EXPECT_THROW(cache().inspect(source_), Error);
}

}  // namespace
}  // namespace corokit::moulinette
