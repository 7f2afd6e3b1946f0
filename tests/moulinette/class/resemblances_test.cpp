#include "class/resemblances.hpp"

#include "running/workspace.hpp"
#include "testing/disguise.hpp"
#include "testing/support.hpp"
#include "whole_file.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

/// A class whose hand-ins are compared.
class Resemblances : public testing::Test {
 protected:
  Resemblances() {
    for (const Exercise& exercise : load_kit(KIT))
      if (exercise.name == "async_orchestrator") manifest_ = load_manifest(exercise.manifest);
  }

  void add(const std::string& id, const std::string& source, const std::string& group = "") {
    StudentResult student;
    student.id = id;
    student.group = group;
    result_.students.push_back(student);
    fs::create_directories((folder_.path() / source_file(id)).parent_path());
    write_file(folder_.path() / source_file(id), source);
  }
  const StudentResult& compared(const std::string& id) {
    if (!is_compared_) find_resemblances(result_, folder_.path(), manifest_, Language::english);
    is_compared_ = true;
    return *std::ranges::find(result_.students, id, &StudentResult::id);
  }
  static std::string solution(const std::string& name) {
    return read_file(fs::path(ROOT) / "orchestrator" / "alternatives" / (name + ".cpp"));
  }

  Workspace folder_;
  Manifest manifest_;
  ClassResult result_;
  bool is_compared_ = false;
};

/// Returns: a program that is no solution of this exercise, so that it is of nobody but those who hand it in.
std::string own_solution() {
  return read_file(fs::path(ROOT) / "orchestrator" / "alternatives" / "work_stealing_deques.cpp");
}

TEST_F(Resemblances, AreShownSideBySide) {
  add("ann", own_solution());
  add("bob", disguise::with_dead_code(own_solution()));
  add("cho", own_solution() + "// mine");
  add("dan", solution("select_loop"));
  add("eve", own_solution(), "2");
  add("fay", read_file(fs::path(ROOT) / "exercises/async_orchestrator/matrix_orchestrator.cpp"));
  result_.students.push_back({});
  result_.students.back().id = "gil";

  ASSERT_EQ(compared("ann").similar.size(), 2U) << "eve has the same file, which same_as says";
  EXPECT_EQ(compared("ann").similar[0].student, "cho");
  EXPECT_EQ(compared("ann").similar[0].percent, 100);
  EXPECT_EQ(compared("ann").similar[1].student, "bob");
  EXPECT_EQ(compared("ann").similar[1].page, "similar/ann-bob.html");
  const std::string page = read_file(folder_.path() / "similar/ann-bob.html");
  EXPECT_NE(page.find("id=\"a1\" href=\"#b1\""), std::string::npos);
  EXPECT_NE(page.find("id=\"b1\" href=\"#a1\""), std::string::npos);
  EXPECT_TRUE(compared("fay").similar.empty());
  EXPECT_TRUE(compared("gil").similar.empty());
}

TEST_F(Resemblances, AreNoneOfPartnersAndOfUntouchedFiles) {
  const auto with_file = [this](const std::string& file) {
    result_.students.back().attempts.resize(1);
    result_.students.back().attempts[0].file = file;
    result_.students.back().attempts[0].counts = true;
  };
  const std::string stub = read_file(fs::path(ROOT) / "exercises/async_orchestrator/matrix_orchestrator.cpp");
  add("ann", own_solution());
  with_file("submission_1/toy.cpp");
  add("bob", own_solution() + "// mine");
  with_file("submission_1/toy.cpp");
  add("cho", stub);
  result_.students.back().same_as = {"dan"};
  add("dan", stub + "// nothing yet\n");
  result_.students.back().same_as = {"cho"};
  for (const char* id : {"ann", "bob", "cho", "dan"}) {
    EXPECT_TRUE(compared(id).similar.empty()) << id;
    EXPECT_TRUE(compared(id).same_as.empty()) << id;
  }
}

TEST_F(Resemblances, NameWhatIsOfTheKit) {
  add("ann", disguise::renamed(solution("select_loop")));
  ASSERT_EQ(compared("ann").similar.size(), 1U);
  EXPECT_EQ(compared("ann").similar[0].student, kSolution);
  EXPECT_EQ(compared("ann").similar[0].page, "similar/ann-solution.html");
  EXPECT_NE(read_file(folder_.path() / "similar/ann-solution.html").find("select_loop"), std::string::npos);
}

TEST_F(Resemblances, SayOfAMergedClassNothingThatAShardHasSaid) {
  std::string own;  // so that no two are the same
  for (const char* id : {"ann", "bob", "cho", "dan", "eve", "fay"})
    add(id, own_solution() + (own += "int mine;\n"));
  compared("ann");
  ASSERT_EQ(result_.problems.size(), 1U);
  const std::string of_class = result_.problems[0];
  result_.problems = {"7" + of_class, "another"};
  is_compared_ = false;
  compared("ann");
  EXPECT_EQ(result_.problems, (std::vector<std::string>{"another", of_class}));
}

TEST_F(Resemblances, LeaveNoPageOfAnEarlierRun) {
  add("ann", "int a;");
  fs::create_directories(folder_.path() / "similar");
  write_file(folder_.path() / "similar/ann-bob.html", "old");
  compared("ann");
  EXPECT_FALSE(fs::exists(folder_.path() / "similar/ann-bob.html"));
}

}  // namespace
}  // namespace corokit::moulinette
