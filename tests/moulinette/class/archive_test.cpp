#include "class/archive.hpp"

#include "error.hpp"
#include "testing/stored_zip.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {
namespace fs = std::filesystem;

class Archive : public testing::Test {
 protected:
  /// Packs what a script makes in an empty folder.
  fs::path pack(const std::string& script, const std::string& command) const {
    const fs::path in = workspace_.make_folder("in");
    const Finished made = shell("cd " + in.string() + " && " + script + " && " + command);
    EXPECT_EQ(made.code, 0) << made.output;
    return in / "packed.tar.gz";
  }

  Workspace workspace_;
  const fs::path out_ = workspace_.path() / "out";
};

TEST_F(Archive, IsKnownByItsName) {
  for (const char* name : {"a.zip", "A.ZIP", "a.tar", "a.tar.gz", "a.tgz"})
    EXPECT_TRUE(is_archive(name)) << name;
  for (const char* name : {"zip", "a.cpp", "a.zip.cpp", "a.rar"}) EXPECT_FALSE(is_archive(name)) << name;
}

TEST_F(Archive, IsUnpackedWithItsTimes) {
  const fs::path made =
      pack("mkdir ann && echo 'int a;' >ann/toy.cpp && touch -d 2026-05-01T10:00:00Z ann/toy.cpp",
           "tar czf packed.tar.gz ann");
  EXPECT_TRUE(unpack(made, out_).empty());
  EXPECT_EQ(read_text(out_ / "ann/toy.cpp"), "int a;\n");
  const Finished time = shell("stat -c %Y " + (out_ / "ann/toy.cpp").string());
  EXPECT_EQ(time.output, "1777629600\n");
}

TEST_F(Archive, LeavesOutLinksAndNamesThatLeadElsewhere) {
  const fs::path made = pack("ln -s /etc/passwd link && echo x >plain && echo y >hidden",
                             "tar czPf packed.tar.gz --transform 's,hidden,../escaped,' link plain hidden");
  const std::vector<LeftOut> left_out = unpack(made, out_);
  ASSERT_EQ(left_out.size(), 2U);
  EXPECT_EQ(left_out[0].name, "link");
  EXPECT_EQ(left_out[0].why, "link in packed.tar.gz was left out: it is no plain file.");
  EXPECT_EQ(left_out[1].why, "../escaped in packed.tar.gz was left out: its name leads out of the folder.");
  EXPECT_EQ(read_text(out_ / "plain"), "x\n");
  EXPECT_FALSE(fs::exists(workspace_.path() / "escaped"));
}

TEST_F(Archive, HasItsNamesInAnyCharacterSet) {
  const std::string zoe = "Zo\xc3\xa9 M\xc3\xbcller/toy.cpp";
  for (const auto& [name, is_utf8] : {std::pair(zoe, true), std::pair(zoe, false),
                                      std::pair(std::string("Zo\xe9 M\xfcller/toy.cpp"), false),  // Latin-1
                                      std::pair(std::string("Zo\x82 M\x81ller/toy.cpp"), false)}) {  // DOS
    const fs::path zip = workspace_.path() / "names.zip";
    write_text(zip, stored_zip({{name, "int a;"}}, is_utf8));
    fs::remove_all(out_);
    EXPECT_TRUE(unpack(zip, out_).empty());
    EXPECT_EQ(read_text(out_ / zoe), "int a;") << name;
    EXPECT_EQ(names_in(zip), std::vector<std::string>{zoe});
  }
  const fs::path tar =
      pack("mkdir Zo\xc3\xa9 && echo x >Zo\xc3\xa9/toy.cpp", "tar czf packed.tar.gz --format=pax Zo*");
  EXPECT_EQ(names_in(tar).back(), "Zo\xc3\xa9/toy.cpp");
}

TEST_F(Archive, MayNotFillTheDisk) {
  const fs::path made = pack("head -c 3000000 /dev/zero >zeros", "tar czf packed.tar.gz zeros");
  EXPECT_THROW(unpack(made, out_, {.bytes = 1'000'000}), Error);
  EXPECT_THROW(unpack(made, out_, {.file = 1'000'000}), Error);
  EXPECT_THROW(unpack(made, out_, {.entries = 0}), Error);
}

TEST_F(Archive, ThatIsNoneIsRefused) {
  const fs::path file = workspace_.path() / "no.zip";
  write_text(file, "this is a text");
  try {
    unpack(file, out_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("no.zip cannot be unpacked"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace corokit::moulinette
