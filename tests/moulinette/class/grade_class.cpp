#include "class/grade_class.hpp"

#include "class/class_progress.hpp"
#include "class/course_seed.hpp"
#include "class/digest.hpp"
#include "class/hand_in_notes.hpp"
#include "class/kept_attempts.hpp"
#include "class/known_mistakes.hpp"
#include "class/run_class.hpp"
#include "class/second_looks.hpp"
#include "error.hpp"
#include "exercise/wrong_header.hpp"
#include "running/hash.hpp"
#include "verdict/session.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

std::string graded_key(const std::string& content) {
  return Digest().add("graded").add(content).text();
}

/// One run over a class.
class Grading {
 public:
  Grading(const Exercise& exercise, const ClassOptions& options, const OutputOptions& output,
          Interrupt& interrupt)
      : exercise_(exercise),
        options_(options),
        output_(output),
        session_(exercise, output, interrupt),
        cache_(options.cache) {}

  GradedClass run() {
    take_in_hand_ins();
    choose_seed();
    take_shard();
    const std::vector<FileJob> jobs = files_to_grade();
    done_.files = jobs.size();
    describe();
    const FileGrader grader(session_, exercise_.spec, cache_, options_.sandbox);
    const std::vector<std::string> mistakes = mistakes_to_play(session_, grader);
    ClassProgress progress(options_.out / "events.jsonl", output_.progress, jobs.size(), mistakes.size());
    progress.take({{"event", "begin"},
                   {"exercise", session_.spec.exercise},
                   {"shard", done_.result.shard},
                   {"students", done_.result.students.size()},
                   {"files", jobs.size()}});
    grade(grader, jobs, progress);
    done_.graded = progress.graded();
    done_.known = progress.known();
    done_.failed = progress.failed();
    done_.interrupted = session_.interrupt.requested();
    progress.take({{"event", done_.interrupted ? "interrupted" : "end"}});
    if (!done_.interrupted) write();
    return std::move(done_);
  }

 private:
  static std::size_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

  void take_in_hand_ins() {
    const Spec& spec = session_.spec;
    const fs::path work = session_.workspace.make_folder("hand_ins");
    intake_ = take_in(
        options_.hand_ins,
        {.wanted = {spec.exercise, spec.file, spec.limits.source_bytes, spec.is_rung, options_.other_files},
         .roster = options_.roster,
         .deadline = options_.deadline,
         .language = output_.language == Language::french ? "fr" : "en"},
        work);
    keep_attempts(intake_, options_.out, cache_);
  }

  /// All runs of a course have one seed, so that equal files have equal points.
  void choose_seed() {
    const fs::path file = options_.cache / "seed";
    std::uint64_t seed = options_.seed.value_or(0);
    if (seed == 0 && fs::exists(file)) seed = std::strtoull(read_file(file).c_str(), nullptr, 10);
    if (seed == 0) seed = course_seed(session_.spec.exercise, options_.grader);
    write_file(file, std::to_string(seed) + '\n');
    write_file(options_.cache / kExerciseFile, session_.spec.exercise);
    Selection selection;
    selection.seed = seed;
    session_.select(selection);
  }

  void take_shard() {
    if (options_.shards == 0) return;
    std::erase_if(intake_.students, [this](const StudentResult& student) {
      return shard_of(student.id, options_.shards) != options_.shard;
    });
  }

  std::vector<FileJob> files_to_grade() const {
    std::vector<FileJob> jobs;
    std::set<std::string> contents;
    for (const StudentResult& student : intake_.students)
      for (const Attempt& attempt : student.attempts)
        if (!attempt.content.empty() && contents.insert(attempt.content).second)
          jobs.push_back({attempt.content, intake_.sources.at(attempt.content), attempt.file});
    return jobs;
  }

  void describe() {
    const Spec& spec = session_.spec;
    ClassResult& result = done_.result;
    result.exercise = spec.exercise;
    result.title = spec.title;
    result.pass = spec.pass;
    result.max_score = spec.max_score();
    for (const TestSpec& test : spec.tests)
      result.tests.push_back({test.name, test.what, test.points, test.visible});
    result.deadline = options_.deadline;
    result.late_rule = options_.late;
    result.counting = options_.best ? "best" : "last";
    result.released = options_.release;
    result.graded_at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    result.seed = session_.play.seed;
    result.sandbox = options_.sandbox;
    result.grader = options_.grader;
    if (options_.shards) result.shard = fmt::format("{}/{}", options_.shard, options_.shards);
    find_lost();
    result.problems = options_.problems;
    for (const LeftOut& entry : options_.left_out) result.problems.push_back(entry.why);
    result.problems.insert(result.problems.end(), intake_.problems.begin(), intake_.problems.end());
    result.students = std::move(intake_.students);
  }

  /// What was left out of the class's archive is somebody's only hand-in, unless its folder has an attempt.
  void find_lost() {
    std::set<std::string> folders;
    for (const StudentResult& student : intake_.students)
      for (const Attempt& attempt : student.attempts)
        folders.insert(fs::path(attempt.file).begin()->string());
    done_.lost = intake_.lost;
    for (const LeftOut& entry : options_.left_out) {
      if (!is_source(entry.name) && !is_archive(entry.name)) continue;
      const fs::path inside = fs::path(entry.name).parent_path();
      if (std::ranges::none_of(inside, [&](const fs::path& part) { return folders.contains(part.string()); }))
        done_.lost.push_back(entry.name);
    }
  }

  void grade(const FileGrader& grader, const std::vector<FileJob>& jobs, ClassProgress& progress) {
    summaries_ = run_class(
        grader, jobs, cores(), session_.interrupt, [&progress](const Json& event) { progress.take(event); },
        [this](const FileJob& job, const Json& graded) { cache_.keep(graded_key(job.content), graded); });
    look_again(jobs, progress);
    if (session_.interrupt.requested()) return;
    progress.take({{"event", "comparing"}});
    mistakes_ = known_mistakes(session_, grader, cores(), [&progress](const std::string& mistake) {
      progress.take({{"event", "compared"}, {"mistake", mistake}});
    });
  }

  /// One after the other: each uses all cores.
  void look_again(const std::vector<FileJob>& jobs, ClassProgress& progress) {
    if (!has_second_look(session_.spec)) return;
    for (const FileJob& job : jobs) {
      const auto summary = summaries_.find(job.content);
      if (session_.interrupt.requested() || summary == summaries_.end()) break;
      if (summary->second.verdict != "passed" || summary->second.score != session_.spec.max_score()) continue;
      progress.take({{"event", "again"}, {"file", job.shown}});
      Json graded = cache_.find(graded_key(job.content)).value();
      moulinette::look_again(graded, session_, job.source, job.content, cache_);
      cache_.keep(graded_key(job.content), graded);
      summary->second = summary_of(graded);
      for (const Json& check : graded.at("checks"))
        lacks_sanitizers_ |= check.at("policy") == "fail" && check.at("outcome") == "not_built";
    }
  }

  void write() {
    ClassResult& result = done_.result;
    const LateRule rule = options_.late.empty() ? LateRule() : LateRule::parse(options_.late);
    for (StudentResult& student : result.students) mark(student, rule);
    find_same(result.students);
    say_what_is_not_built();
    for (const char* folder : {"graded", "sources", "students"}) {
      fs::remove_all(options_.out / folder);
      fs::create_directories(options_.out / folder);
    }
    for (StudentResult& student : result.students) write(student);
    write_class(options_.out, result);
  }

  void say_what_is_not_built() {
    std::vector<std::string>& problems = done_.result.problems;
    if (lacks_sanitizers_)
      problems.push_back(
          note("Hand-ins with all points were not played again under sanitizers, as spec.json "
               "asks: ./moulinette prepare {} builds what that takes, then grade again.",
               session_.spec.exercise));
    const auto unread = [](const auto& of) { return !of.second.unread.empty(); };
    if (const auto first = std::ranges::find_if(summaries_, unread); first != summaries_.end())
      problems.push_back(note("Files of which the norm saw less than it could: {}. {}",
                              std::ranges::count_if(summaries_, unread), first->second.unread));
    if (!knows_mistakes(session_.manifest))
      problems.push_back(
          note("No hand-in was compared with the wrong solutions of the kit: ./moulinette "
               "validate {} builds them, then grade again.",
               session_.spec.exercise));
  }

  /// Fills in the marks of each attempt, and chooses the one that counts.
  void mark(StudentResult& student, const LateRule& rule) const {
    for (Attempt& attempt : student.attempts) {
      const auto found = summaries_.find(attempt.content);
      if (attempt.content.empty() || found == summaries_.end()) continue;
      const FileSummary& summary = found->second;
      attempt.verdict = summary.verdict;
      attempt.problem = summary.problem;
      attempt.earned = summary.score;
      attempt.score = rule.score(summary.score, attempt.late);
      if (attempt.verdict == "passed" && attempt.score < session_.spec.pass) attempt.verdict = "failed";
    }
    choose_attempt(student, options_.best);
    const Attempt* attempt = student.counting();
    if (!attempt || !summaries_.contains(attempt->content)) return;
    const FileSummary& summary = summaries_.at(attempt->content);
    student.tests = summary.tests;
    student.norm = summary.norm;
    student.warnings = summary.warnings;
  }

  void write(StudentResult& student) {
    const Attempt* attempt = student.counting();
    if (!attempt || attempt->content.empty()) return;
    write_file(options_.out / source_file(student.id), read_file(intake_.sources.at(attempt->content)));
    std::optional<Json> graded = cache_.find(graded_key(attempt->content));
    if (!graded || attempt->verdict == "not_graded") return;
    (*graded)["implementation"] = attempt->file;
    if (!student.language.empty()) (*graded)["language"] = student.language;
    if (attempt->late.count() > 0)
      (*graded)["late"] = {{"minutes", std::chrono::ceil<std::chrono::minutes>(attempt->late).count()},
                           {"score", attempt->score}};
    // Also of those who have passed, or who came late: what they do not know is the same.
    if (std::ranges::any_of(student.tests, &TestMark::has_failed) && (*graded)["nearest"].is_null()) {
      student.nearest = nearest(failures_of(*graded), mistakes_);
      if (!student.nearest.empty()) (*graded)["nearest"] = mistake(student.nearest);
    }
    write_student(options_.out, done_.result, student, *graded);
  }

  Json mistake(const std::string& name) const {
    const auto entry = std::ranges::find(session_.manifest.roster, name, &RosterEntry::name);
    const WrongHeader header = load_wrong_header(session_.manifest.root, entry->file, session_.spec);
    return {{"name", name}, {"wrong", header.wrong}, {"plausible", header.plausible}};
  }

  const Exercise& exercise_;
  const ClassOptions& options_;
  const OutputOptions& output_;
  Session session_;
  ResultCache cache_;
  Intake intake_;
  std::map<std::string, FileSummary> summaries_;
  bool lacks_sanitizers_ = false;  // for a second look that spec.json asks for
  std::vector<KnownMistake> mistakes_;
  GradedClass done_;
};

std::string text_of(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

GradedClass grade_class(const Exercise& exercise, const ClassOptions& options, const OutputOptions& output,
                        Interrupt& interrupt) {
  return Grading(exercise, options, output, interrupt).run();
}

std::size_t shard_of(const std::string& id, std::size_t shards) {
  return hash_of(digest(id)) % shards + 1;
}

void write_student(const fs::path& out, const ClassResult& result, const StudentResult& student,
                   const Json& graded) {
  write_file(out / graded_file(student.id), text_of(graded));
  Json seen = result.released ? graded : without_hidden(graded, result.tests);
  seen["nearest"] = Json();
  write_file(out / feedback_file(student.id), text_of(seen));
}

}  // namespace corokit::moulinette
