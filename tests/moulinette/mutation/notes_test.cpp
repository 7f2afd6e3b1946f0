#include "mutation/notes.hpp"

#include "error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

const MutantKey kKey{"a/x.cpp", "boundary", "if (a < b)", "if (a <= b)", "f();"};

Json notes(const Json& left_out, const Json& equivalent) {
  return {{"left_out", left_out}, {"equivalent", equivalent}};
}

Json equivalent(const std::string& line, const Json& after = {}) {
  Json entry{{"file", "a/x.cpp"},
             {"operator", "boundary"},
             {"line", line},
             {"becomes", "if (a <= b)"},
             {"reason", "r"}};
  if (!after.is_null()) entry["after"] = after;
  return Json::array({entry});
}

bool explains_key(const Json& entries) {
  return explains(parse_notes(notes(Json::array(), entries)).equivalent.front(), kKey);
}

TEST(MutationNotes, NameAMutantByItsText) {
  EXPECT_TRUE(explains_key(equivalent("if (a < b)")));
  EXPECT_FALSE(explains_key(equivalent("if (a < c)")));
}

TEST(MutationNotes, NameAllThatBecomesOfALineWhereTheyDoNotSayWhat) {
  Json entries = equivalent("if (a < b)");
  entries[0].erase("becomes");
  EXPECT_TRUE(explains_key(entries));
  entries[0]["operator"] = "truth";
  EXPECT_FALSE(explains_key(entries));
}

TEST(MutationNotes, NameAMutantByTheLineBeforeWhereTheySay) {
  EXPECT_TRUE(explains_key(equivalent("if (a < b)", "f();")));
  EXPECT_FALSE(explains_key(equivalent("if (a < b)", "g();")));
}

TEST(MutationNotes, LeaveOutFilesExceptForSomeOperators) {
  const auto leaves_out_key = [](const Json& entry) {
    return leaves_out(parse_notes(notes(Json::array({entry}), Json::array())).left_out.front(), kKey);
  };
  EXPECT_TRUE(leaves_out_key({{"files", "a/*"}, {"reason", "r"}}));
  EXPECT_TRUE(leaves_out_key({{"files", "a/*"}, {"except", {"truth"}}, {"reason", "r"}}));
  EXPECT_FALSE(leaves_out_key({{"files", "a/*"}, {"except", {"boundary", "truth"}}, {"reason", "r"}}));
  EXPECT_FALSE(leaves_out_key({{"files", "b/*"}, {"reason", "r"}}));
}

TEST(MutationNotes, RefuseWhatTheyDoNotKnow) {
  Json unknown = equivalent("x");
  unknown[0]["operator"] = "nonsense";
  EXPECT_THROW(parse_notes(notes(Json::array(), unknown)), Error);
  EXPECT_THROW(parse_notes(notes(Json::array(), Json::array({{{"file", "x"}}}))), Error) << "no reason";
  EXPECT_THROW(parse_notes(Json::object()), Error);
}

}  // namespace
}  // namespace corokit::moulinette
