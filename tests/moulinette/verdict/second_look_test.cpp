// A second look, with builds of the toy that differ from the first in their flags alone: the runtime has no sanitizer, and
// neither has the harness, which therefore lets no sanitizer read the program for the lines of a finding.
#include "verdict/second_look.hpp"

#include "report/grade_report.hpp"
#include "report/json_report.hpp"
#include "testing/changed_toy.hpp"
#include "verdict/candidate.hpp"

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

class SecondLooks : public ChangedToy {
 protected:
  SecondLooks() { spec_["schedules"] = 8; }

  /// Writes a manifest in a place of its own. Returns: where that is.
  fs::path write_manifest(const std::string& build, const Json& manifest) const {
    fs::path file = folder_ / build / "kit/toy/manifest.json";
    fs::create_directories(file.parent_path());
    write_text(file, manifest.dump());
    return file;
  }

  void build_with(const std::string& sanitizer, const std::string& build) {
    Json manifest = manifest_;
    manifest["sanitized"] = true;
    const std::string flag = "-fsanitize=" + sanitizer;
    manifest["compile"].insert(manifest["compile"].end(), {flag, "-fno-sanitize-recover=all", "-g"});
    manifest["link"].push_back(flag);
    // The headers that were compiled in advance do not fit.
    for (std::size_t i = 0; i + 1 < manifest["compile"].size(); ++i)
      if (manifest["compile"][i] == "-include") manifest["compile"].erase(i), manifest["compile"].erase(i);
    write_manifest(build, manifest);
  }

  Graded grade_toy(const std::string& file) {
    write_text(folder_ / "spec.json", spec_.dump());
    Session session({"toy", folder_ / "spec.json", write_manifest(".", manifest_)}, {}, interrupt_);
    session.select({.seed = 7, .test = {}, .schedule = {}, .sanitizer = {}});
    Graded graded = grade(session, file);
    report_ = grade_report(graded, session, {});
    return graded;
  }

  void expect_report(const std::string& text) const {
    EXPECT_NE(report_.find(text), std::string::npos) << report_;
  }

  Interrupt interrupt_;
  std::string report_;
};

TEST_F(SecondLooks, AreNotTakenUnlessTheSpecSaysSo) {
  EXPECT_TRUE(grade_toy(TOY "/solutions/reference.cpp").second_looks.empty());
}

TEST_F(SecondLooks, SayWhatIsNotBuilt) {
  spec_["norm"]["check_memory"] = "fail";
  spec_["norm"]["check_security"] = "warn";
  const Graded graded = grade_toy(TOY "/solutions/reference.cpp");
  ASSERT_EQ(graded.second_looks.size(), 2U);
  EXPECT_EQ(graded.second_looks[0].outcome, SecondLook::Outcome::not_built);
  EXPECT_TRUE(graded.passed());
  expect_report(
      "memory        not checked: nothing is built for it: ./moulinette grade toy --asan builds it");
  expect_report(
      "security      not checked: nothing is built for it: ./moulinette grade toy --tsan builds it");
}

TEST_F(SecondLooks, TakePointsForMemoryThatIsFree) {
  spec_["norm"]["check_memory"] = "fail";
  build_with("address,undefined", "asan");
  const Graded graded = grade_toy(TOY "/looks/use_after_free.cpp");
  EXPECT_EQ(graded.verdict, Verdict::failed);
  EXPECT_EQ(graded.score, 40) << report_;
  expect_report("found in adds: AddressSanitizer: heap-use-after-free");
  const auto look = to_json(graded)["checks"][0];
  EXPECT_EQ(look["name"], "memory");
  EXPECT_EQ(look["outcome"], "found");
  EXPECT_EQ(look["test"], "adds");
}

TEST_F(SecondLooks, WarnOfAnOverflow) {
  spec_["norm"]["check_memory"] = "warn";
  build_with("address,undefined", "asan");
  const Graded graded = grade_toy(TOY "/looks/overflow.cpp");
  EXPECT_TRUE(graded.passed());
  EXPECT_EQ(graded.score, 100);
  expect_report("found in adds: UndefinedBehaviorSanitizer: signed integer overflow: 2147483647 + 1");
  expect_report("in line 8");
  expect_report("(a warning: it costs nothing here)");
}

TEST_F(SecondLooks, FindARaceOnTheThreadPool) {
  spec_["norm"]["check_security"] = "fail";
  build_with("thread", "tsan");
  const Graded graded = grade_toy(TOY "/looks/race.cpp");
  EXPECT_EQ(graded.verdict, Verdict::failed) << report_;
  expect_report("found in counts: ThreadSanitizer: data race");
}

TEST_F(SecondLooks, FindNothingInTheReference) {
  spec_["norm"]["check_memory"] = "fail";
  build_with("address,undefined", "asan");
  const Graded graded = grade_toy(TOY "/solutions/reference.cpp");
  ASSERT_EQ(graded.second_looks.size(), 1U);
  EXPECT_EQ(graded.second_looks[0].outcome, SecondLook::Outcome::clean) << graded.second_looks[0].message;
  EXPECT_TRUE(graded.passed());
  expect_report("memory        nothing was found");
}

TEST_F(SecondLooks, AreNotTakenOfWhatLacksPoints) {
  spec_["norm"]["check_memory"] = "fail";
  EXPECT_TRUE(grade_toy(TOY "/exercise/toy.cpp").second_looks.empty());
}

}  // namespace
}  // namespace corokit::moulinette
