#include "report/report_schema.hpp"

#include "error.hpp"
#include "report/json_report.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

Json graded() {
  return Json::parse(to_json(not_compiled(toy_spec(), "toy.cpp", "toy.cpp:1:1: error: no")).dump());
}

TEST(ReportSchema, AGradedImplementationIsValid) {
  EXPECT_EQ(report_violations(graded(), ReportKind::graded, "report"), std::vector<std::string>{});
}

TEST(ReportSchema, AKeyThatIsMissingUnknownOrWrongIsNamed) {
  Json wrong = graded();
  wrong.erase("seed");
  wrong["tests"][1]["points"] = "many";
  wrong["tests"][0]["colour"] = 1;
  std::string all;
  for (const std::string& sentence : report_violations(wrong, ReportKind::graded, "report"))
    all += sentence + "\n";
  for (const char* part : {"report: ", "seed\" is missing", "points\" must be a whole number", "\"colour\""})
    EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
}

TEST(ReportSchema, AReportIsToldByItsKeys) {
  EXPECT_EQ(kind_of_report(graded()), ReportKind::graded);
  EXPECT_EQ(kind_of_report(Json::parse(to_json(std::vector<Validated>{}).dump())), ReportKind::validated);
  EXPECT_EQ(kind_of_report({{"schema_version", 1}, {"mutants", Json::array()}}), ReportKind::mutated);
}

TEST(ReportSchema, WhatIsNoReportOfThisVersionIsRefused) {
  Json other = graded();
  other["schema_version"] = 2;
  EXPECT_THROW(kind_of_report(other), Error);
  EXPECT_THROW(kind_of_report(Json::array()), Error);
  EXPECT_THROW(kind_of_report({{"ok", true}}), Error);
}

}  // namespace
}  // namespace corokit::moulinette
