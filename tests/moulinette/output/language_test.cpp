#include "output/language.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

/// Returns: whether `next` names the French subject, with these variables.
bool is_french(const std::string& variables, const std::string& option = "") {
  const Finished finished = shell("env -u COROKIT_LANGUAGE -u LC_ALL -u LC_MESSAGES -u LANG " + variables +
                                  " " MOULINETTE " next --kit " KIT " " + option);
  EXPECT_EQ(finished.code, 0) << finished.output;
  return finished.output.find(".fr.md") != std::string::npos;
}

TEST(Language, IsThatOfTheEnvironment) {
  for (const char* french :
       {"LANG=fr_FR.UTF-8", "LANG=fr", "LC_MESSAGES=fr_CA LANG=en_US", "LC_ALL=fr_BE LANG=de_DE",
        "COROKIT_LANGUAGE=fr_FR.UTF-8 LC_ALL=C.UTF-8", "LC_ALL= LANG=fr@euro"})
    EXPECT_TRUE(is_french(french)) << french;
  for (const char* english : {"", "LANG=C", "LANG=en_GB LC_CTYPE=fr_FR", "LANG=fry_NL", "LC_ALL=C LANG=fr_FR",
                              "COROKIT_LANGUAGE=C LC_ALL=fr_FR"})
    EXPECT_FALSE(is_french(english)) << english;
}

TEST(Language, IsTheOneAskedFor) {
  EXPECT_TRUE(is_french("LANG=C", "--language fr"));
  EXPECT_FALSE(is_french("LANG=fr_FR", "--language en"));
  EXPECT_EQ(moulinette({"next", "--language", "de", "--kit", KIT}).code, 2);
}

}  // namespace
}  // namespace corokit::moulinette
