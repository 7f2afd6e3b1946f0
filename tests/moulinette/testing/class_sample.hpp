#pragma once
#include "class/class_pages.hpp"
#include "class/class_result.hpp"
#include "report/json_report.hpp"
#include "running/workspace.hpp"
#include "testing/support.hpp"
#include "verdict/verdict.hpp"
#include "whole_file.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace corokit::moulinette {

/// A small class of the toy, with somebody of each kind, and its files in a folder. Names and messages are hostile.
class ClassSample {
 public:
  static constexpr const char* kHostile = "<script>alert(1)</script>\x1b[31m\xe2\x80\xae\"'&";

  ClassSample()
      : spec_(toy_spec()),
        exercise_(load_kit(TOY_KIT).front()),
        manifest_(load_manifest(exercise_.manifest)) {
    const Moment deadline = moment_of("2026-05-01T21:59:00Z");
    result_ = {.exercise = "toy",
               .title = spec_.title,
               .pass = spec_.pass,
               .max_score = spec_.max_score(),
               .tests = {},
               .deadline = deadline,
               .late_rule = "10%/day",
               .graded_at = deadline + std::chrono::hours(30),
               .sandbox = "bubblewrap",
               .grader = "1.0",
               .shard = "",
               .problems = {"x.zip was skipped: it is no archive."},
               .students = {}};
    for (const TestSpec& test : spec_.tests)
      result_.tests.push_back({test.name, test.what, test.points, true});
    add("ann", "Ann Äpfel", "en", score(spec_, "toy.cpp", {passed(), passed()}, {}));
    add("bob", kHostile, "en", score(spec_, "toy.cpp", {passed(), broken("edge_nothing")}, {}));
    add("carla", "=cmd|' /C calc'!A0", "fr",
        score(spec_, "toy.cpp", {broken("adds"), broken("edge_nothing")}, {}));
    add("dan", "Dan, \"the man\"", "fr",
        refused(spec_, "toy.cpp", {{{"std::thread", "threads are forbidden", 3}}}));
    add("eve", "", "en", not_compiled(spec_, "toy.cpp", "toy.cpp:3:1: error: expected ';' <here>\n"));
    StudentResult missing;
    missing.id = "fay";
    missing.name = "Fay";
    missing.language = "fr";
    result_.students.push_back(missing);

    StudentResult& bob = result_.students[1];
    bob.nearest = "mutant_off_by_one";
    bob.attempts.insert(bob.attempts.begin(), bob.attempts.front());
    bob.attempts.front().counts = false;
    bob.attempts.back().late = std::chrono::minutes(100);
    bob.score = bob.earned - 6;
    result_.students[0].same_as = {"eve"};
    result_.students[4].same_as = {"ann"};
    result_.students[1].similar = {{"carla", 91, "similar/bob-carla.html"}};
    result_.students[2].similar = {{"bob", 84, "similar/bob-carla.html"}};
    result_.students[3].norm = {"std::thread"};
  }

  void write() const { write_pages(result_, path(), exercise_, {.hints = 1, .language = Language::english}); }
  std::string page(const std::string& name) const { return read_file(path() / name); }

  ClassResult& result() noexcept { return result_; }
  const Spec& spec() const noexcept { return spec_; }
  const Exercise& exercise() const noexcept { return exercise_; }
  const Manifest& manifest() const noexcept { return manifest_; }
  const std::filesystem::path& path() const noexcept { return folder_.path(); }

 private:
  static TestRun passed() {
    TestRun run;
    run.outcome = Outcome::passed;
    run.schedules = 21;
    return run;
  }
  static TestRun broken(const std::string& part) {
    TestRun run;
    run.outcome = Outcome::failed;
    run.message = std::string("expected 3, got <b>4</b> ") + kHostile;
    run.schedules = 7;
    run.seed = 7;
    run.part = part;
    return run;
  }

  void add(const std::string& id, const std::string& name, const std::string& language,
           const Graded& graded) {
    StudentResult student;
    student.id = id;
    student.name = name;
    student.language = language;
    student.verdict = word(graded.verdict);
    student.earned = student.score = graded.score;
    for (const TestResult& test : graded.tests)
      student.tests.push_back(
          {test.points, std::string(word(test.run.outcome)), std::string(test.broken_part())});
    student.attempts = {{id + "/toy.cpp",
                         id,
                         result_.deadline,
                         "file",
                         {},
                         student.verdict,
                         "",
                         graded.score,
                         graded.score,
                         true}};
    nlohmann::ordered_json feedback = to_json(graded);
    for (nlohmann::ordered_json& test : feedback["tests"])
      if (test["outcome"] == "failed") test["drawing"] = "task 0 ──▌ <wait>\ntask 1 ░░░▌\n";
    std::filesystem::create_directories(path() / "students");
    write_file(path() / feedback_file(id),
               feedback.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    result_.students.push_back(std::move(student));
  }

  Workspace folder_;
  Spec spec_;
  Exercise exercise_;
  Manifest manifest_;
  ClassResult result_;
};

}  // namespace corokit::moulinette
