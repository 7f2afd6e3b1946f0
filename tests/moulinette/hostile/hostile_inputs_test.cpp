// What somebody may hand in instead of a C++ file, and the names that it may have.
#include "testing/hostile_grade.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string& right() {
  static const std::string text = read_text(TOY "/solutions/reference.cpp");
  return text;
}

/// The same text in two bytes for each character.
std::string utf16(const std::string& text, bool big_endian) {
  std::string wide = big_endian ? "\xfe\xff" : "\xff\xfe";
  for (const char c : text) wide += big_endian ? std::string({'\0', c}) : std::string({c, '\0'});
  return wide;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// What is handed in as a regular file.
struct Text {
  const char* name;
  std::string bytes;
  const char* outcomes;
  const char* says;  // in the report
};

std::ostream& operator<<(std::ostream& out, const Text& text) {
  return out << text.name;
}

std::vector<Text> texts() {
  using namespace std::string_literals;
  return {
      {"nothing_but_blanks", " \n\t\n", "did_not_compile", "undefined reference to"},
      {"nothing_but_a_comment", "// later", "did_not_compile", "undefined reference to"},
      {"a_program", "\x7f"s + "ELF\x02\x01\x01\0\0\0"s, "refused", "a control character"},
      {"a_page", "<!DOCTYPE html>\n<title>My solution</title>\n", "did_not_compile", "error"},
      {"an_archive", "PK\x03\x04"s, "refused", "a control character"},
      {"a_diff", "--- a/toy.cpp\n+++ b/toy.cpp\n@@ -1 +1 @@\n", "did_not_compile", "error"},
      {"a_nul_byte", right() + "\0"s, "refused", "a control character"},
      {"a_control_character", right() + "// \x1b[2J\n", "refused", "a control character"},
      {"utf_16_little", utf16(right(), false), "refused", "a control character"},
      {"utf_16_big", utf16(right(), true), "refused", "a control character"},
      {"utf_8_with_its_mark", "\xef\xbb\xbf" + right(), "passed", ""},
      {"latin_1_in_a_comment", "// caf\xe9\n" + right(), "passed", ""},
      {"latin_1_in_a_name", "int caf\xe9;\n" + right(), "refused", "a byte that is no UTF-8"},
      // To the compiler a raw literal begins here, and ends before what was hidden; to a reader of words it does not.
      {"a_stray_byte", "#if 0\n\xffR\"(\nR\"X(\n)\"\n#endif\nint hidden = 0;\n// )X\"\n" + right(), "refused",
       "a byte that is no UTF-8"},
      {"lines_of_windows", replaced(right(), "\n", "\r\n"), "passed", ""},
      {"lines_of_an_old_mac", replaced(right(), "\n", "\r"), "refused", "a control character"},
      {"no_end_of_its_last_line", right().substr(0, right().size() - 1), "passed", ""},
      {"one_long_line", "/*" + std::string(15'000, 'x') + "*/" + right(), "passed", ""},
      {"brackets_alone", std::string(16'000, '{'), "did_not_compile", "error"},
  };
}

class HostileText : public testing::TestWithParam<Text> {};

TEST_P(HostileText, IsJudged) {
  const HostileGrade program("toy");
  const fs::path file = program.folder() / "hostile.cpp";
  write_text(file, GetParam().bytes);
  const Finished finished = program.grade(file);
  EXPECT_EQ(program.left_behind(), "");
  const Json graded = Json::parse(finished.output, nullptr, false);
  ASSERT_TRUE(graded.is_object()) << finished.output;
  EXPECT_EQ(outcomes_of(graded), GetParam().outcomes) << graded;
  EXPECT_NE(sentences_of(graded).find(GetParam().says), std::string::npos) << graded;
  EXPECT_EQ(finished.code, outcomes_of(graded) == "passed" ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(Is, HostileText, testing::ValuesIn(texts()),
                         [](const auto& of) { return std::string(of.param.name); });

/// What is no regular file with a text, and how the program says so.
struct Thing {
  const char* name;
  void (*make)(const fs::path& place);
  const char* says;
};

std::ostream& operator<<(std::ostream& out, const Thing& thing) {
  return out << thing.name;
}

void make_socket(const fs::path& place) {
  const io::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  place.string().copy(name.sun_path, sizeof name.sun_path - 1);
  ASSERT_EQ(bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
}

const Thing kThings[]{
    {"nothing", [](const fs::path&) {}, "There is no file"},
    {"empty", [](const fs::path& place) { write_text(place, ""); }, "is empty"},
    {"fifty_megabytes",
     [](const fs::path& place) {
       write_text(place, "int x;");
       fs::resize_file(place, 50U << 20U);
     },
     "has 51200 KiB; a solution has at most 16 KiB"},
    {"a_tebibyte",
     [](const fs::path& place) {
       write_text(place, "");
       fs::resize_file(place, std::uintmax_t{1} << 40U);
     },
     "a solution has at most 16 KiB"},
    {"a_folder", [](const fs::path& place) { fs::create_directory(place); }, "is a directory"},
    {"a_pipe", [](const fs::path& place) { mkfifo(place.c_str(), S_IRWXU); }, "is not a regular file"},
    {"a_socket", make_socket, "is not a regular file"},
    {"a_link_to_a_device", [](const fs::path& place) { fs::create_symlink("/dev/zero", place); },
     "is not a regular file"},
    {"a_link_to_nothing", [](const fs::path& place) { fs::create_symlink("nowhere", place); },
     "There is no file"},
    {"a_link_to_itself", [](const fs::path& place) { fs::create_symlink(place, place); },
     "There is no file"}};

class HostileThing : public testing::TestWithParam<Thing> {};

TEST_P(HostileThing, IsMisuse) {
  const HostileGrade program("toy");
  const fs::path place = program.folder() / "a.cpp";
  GetParam().make(place);
  const Finished finished = program.grade(place);
  EXPECT_EQ(finished.code, 2) << finished.output;
  EXPECT_NE(finished.output.find(GetParam().says), std::string::npos) << finished.output;
  EXPECT_EQ(program.left_behind(), "");
}

INSTANTIATE_TEST_SUITE_P(Is, HostileThing, testing::ValuesIn(kThings),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(HostileName, IsAsAnyOther) {
  const HostileGrade program("toy");
  const fs::path here = program.folder() / "here";
  fs::create_directory(here);
  write_text(here / "precious", "");
  fs::create_directory(here / "adds.0");
  for (const std::string& name :
       {std::string("...cpp"), std::string("..cpp"), std::string("probe.cpp"), std::string("@sol.cpp"),
        std::string("-sol.cpp"), std::string("--json.cpp"), std::string("a b.cpp"), std::string("a\nb.cpp"),
        std::string("a\x1b[2Jb.cpp"), std::string("caf\xe9.cpp"), std::string("c=$(d)`e`'\"\xc3\xa9;.cpp"),
        std::string("%s%n{}.cpp"), std::string("\\.cpp"), std::string(250, 'x') + ".cpp"}) {
    write_text(here / name, right());
    for (const std::vector<std::string>& options : {std::vector<std::string>{"--json"}, {}}) {
      const Finished finished = program.grade_in(here, name, options);
      EXPECT_EQ(finished.code, 0) << name << "\n" << finished.output;
      EXPECT_EQ(finished.output.find('\x1b'), std::string::npos) << finished.output;
      EXPECT_EQ(Json::accept(finished.output), !options.empty()) << finished.output;
      EXPECT_EQ(program.left_behind(), "") << name;
    }
  }
  EXPECT_TRUE(fs::exists(here / "precious"));
  EXPECT_TRUE(fs::exists(here / "adds.0"));
}

TEST(HostileName, OfNoSourceFileIsMisuse) {
  const HostileGrade program("toy");
  for (const std::string& name : {std::string(".cpp"), std::string("a.c"), std::string("a.cpp."),
                                  std::string("a.cpp "), std::string("a.CPP\n"), std::string("cpp")}) {
    write_text(program.folder() / name, right());
    const Finished finished = program.grade(program.folder() / name);
    EXPECT_EQ(finished.code, 2) << name;
    EXPECT_NE(finished.output.find("is not a C++ source file"), std::string::npos) << finished.output;
  }
  const Finished long_one = program.grade(std::string(5000, 'x') + ".cpp");
  EXPECT_EQ(long_one.code, 2);
  EXPECT_NE(long_one.output.find("There is no file"), std::string::npos) << long_one.output;
}

}  // namespace
}  // namespace corokit::moulinette
