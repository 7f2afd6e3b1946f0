#include "class/plain_names.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(PlainNames, StandForThePathsOfCopies) {
  nlohmann::ordered_json json{
      {"message",
       "/tmp/x.1/abc/in/toy.cpp:3:1: error; see '/old/tmp/abc/made/solution.cpp' (abc/made/solution.o)"},
      {"lines", {"In file /tmp/x/abc/made/toy/toy.cpp", "/tmp/x/other/in/toy.cpp"}},
      {"compiler", "In file included from /home/teacher/kit/exercises/toy/toy.hpp:3, from toy.cpp"},
      {"number", 7}};
  name_plainly(json, "/tmp/y/abc", toy_spec(), "/home/teacher/kit");
  EXPECT_EQ(json["message"], "toy.cpp:3:1: error; see 'toy.cpp' (toy.cpp)");
  EXPECT_EQ(json["lines"][0], "In file toy.cpp");
  EXPECT_EQ(json["lines"][1], "/tmp/x/other/in/toy.cpp");
  EXPECT_EQ(json["compiler"], "In file included from exercises/toy/toy.hpp:3, from toy.cpp");
  EXPECT_EQ(json["number"], 7);
}

}  // namespace
}  // namespace corokit::moulinette
