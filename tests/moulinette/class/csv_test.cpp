#include "class/csv.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, HasCommasSemicolonsOrTabs) {
  const Rows rows{{"id", "name"}, {"7", "Ann"}};
  EXPECT_EQ(read_csv("id,name\n7,Ann\n"), rows);
  EXPECT_EQ(read_csv("id;name\r\n7;Ann\r\n"), rows);
  EXPECT_EQ(read_csv("id\tname\r7\tAnn"), rows);
}

TEST(Csv, MayHaveQuotes) {
  EXPECT_EQ(read_csv("id;name\n7;\"Lee, Ann; \"\"A\"\"\nor so\"\n"),
            (Rows{{"id", "name"}, {"7", "Lee, Ann; \"A\"\nor so"}}));
  EXPECT_EQ(read_csv("a,b\n\"\",\"x\"\n"), (Rows{{"a", "b"}, {"", "x"}}));
  EXPECT_EQ(read_csv("a,b\n5\" disk,x\n"), (Rows{{"a", "b"}, {"5\" disk", "x"}}));
}

TEST(Csv, MayHaveAByteOrderMarkBlanksAndEmptyLines) {
  EXPECT_EQ(read_csv("\xEF\xBB\xBFid , name\n\n 7,Ann \n,\n"), (Rows{{"id", "name"}, {"7", "Ann"}}));
  EXPECT_EQ(read_csv(""), Rows{});
}

}  // namespace
}  // namespace corokit::moulinette
