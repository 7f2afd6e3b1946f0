#include "class/intake.hpp"

#include "class/archive.hpp"
#include "class/hand_in_notes.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// Gathers what belongs to one student.
class Gathering {
 public:
  Gathering(const IntakeOptions& options, fs::path work) : options_(options), work_(std::move(work)) {
    intake_.problems = options_.roster.problems();
    for (const RosterStudent& known : options_.roster.students()) {
      StudentResult& student = new_student(known.id, "roster " + known.id);
      student.roster_id = known.id;
      student.name = known.name;
      student.email = known.email;
      student.group = known.group;
      if (!known.language.empty()) student.language = known.language;
      student.deadline = extended(known);
    }
  }

  void take_all(const HandIns& found) {
    const std::vector<HandIn>& hand_ins = found.all;
    std::vector<RosterMatch> matches;
    for (const HandIn& hand_in : hand_ins) {
      matches.push_back(options_.roster.find(hand_in.labels, hand_in.by_platform));
      if (matches.back().student) claims_[matches.back().student].add(hand_in, matches.back().fit);
    }
    for (std::size_t i = 0; i < hand_ins.size(); ++i) take(hand_ins[i], matches[i]);
    for (const HandIn& text : found.online_texts) take_text(text);
    for (const auto& [known, claims] : claims_)
      if (claims.owners.size() > 1)
        intake_.problems.push_back(note("{} look like {}'s, and only one can be: each is graded by itself.",
                                        fmt::format("{}", fmt::join(claims.shown, ", ")), known->id));
  }

  Intake finish() && {
    for (const RosterStudent& known : options_.roster.students())
      if (known.handed_in) set_time(*known.handed_in, student_of("roster " + known.id));
    for (StudentResult& student : intake_.students) finish(student);
    for (const auto& [key, sentence] : without_source_)
      if (student_of(key).attempts.empty()) intake_.problems.push_back(sentence);
    for (const std::string& key : with_text_)
      if (StudentResult& student = student_of(key); student.attempts.empty() && student.notes.empty())
        student.notes.push_back(note("Only an online text was handed in, and no file."));
    for (const auto& [key, sentence] : lost_) {
      if (!student_of(key).attempts.empty()) continue;
      intake_.problems.push_back(sentence);
      intake_.lost.push_back(student_of(key).id);
    }
    std::ranges::sort(intake_.students, {}, &StudentResult::id);
    return std::move(intake_);
  }

 private:
  /// The hand-ins that fit one student best. A worse one does not count, so that nobody changes the verdict of somebody
  /// else by the name of a folder.
  struct Claims {
    Fit best = Fit::none;
    std::set<std::string> owners;    // two that are not of one owner cannot both be the student's
    std::vector<std::string> shown;  // the hand-ins

    void add(const HandIn& hand_in, Fit fit) {
      if (fit > best) *this = {.best = fit, .owners = {}, .shown = {}};
      if (fit < best) return;
      owners.insert(owner_of(hand_in));
      shown.push_back(hand_in.shown);
    }
  };

  /// Returns: what stands for whoever handed this in, if that is nobody of the roster. Gradescope may know no id.
  static std::string owner_of(const HandIn& hand_in) {
    return "hand-in " + (hand_in.labels.front().empty() ? hand_in.id : hand_in.labels.front());
  }

  void take(const HandIn& hand_in, const RosterMatch& match) {
    const Claims* claims = match.student ? &claims_.at(match.student) : nullptr;
    const bool is_theirs = claims && match.fit == claims->best && claims->owners.size() == 1;
    const std::string key = is_theirs ? "roster " + match.student->id : owner_of(hand_in);
    StudentResult& student = new_student(is_theirs ? match.student->id : hand_in.id, key);
    if (student.name.empty()) student.name = hand_in.name;
    if (claims && match.fit < claims->best) {
      intake_.problems.push_back(
          note("{} looks like {}'s, who has a hand-in already: it is graded by itself.", hand_in.shown,
               match.student->id));
    } else if (is_theirs && match.fit == Fit::alike) {
      intake_.problems.push_back(note("{} was taken for {}'s.", hand_in.shown, match.student->id));
    } else if (!claims && !options_.roster.is_empty() && student.in_roster) {
      intake_.problems.push_back(
          note("{} belongs to nobody in the roster: it is graded as {}.", hand_in.shown, student.id));
    }
    if (!is_theirs && !options_.roster.is_empty()) student.in_roster = false;
    add_attempts(hand_in, key, student);
  }

  /// Somebody who has handed in nothing else is in the class as well.
  void take_text(const HandIn& text) {
    const RosterMatch match = options_.roster.find(text.labels, text.by_platform);
    const std::string key = match.student ? "roster " + match.student->id : owner_of(text);
    StudentResult& student = new_student(match.student ? match.student->id : text.id, key);
    if (student.name.empty()) student.name = text.name;
    if (!match.student && !options_.roster.is_empty()) student.in_roster = false;
    with_text_.push_back(key);
  }

  void add_attempts(const HandIn& hand_in, const std::string& key, StudentResult& student) {
    FoundAttempts found = find_attempts(hand_in, options_.wanted, work_ / std::to_string(++hand_ins_));
    if (!student.attempts.empty()) of_several_.insert(student.id);
    if (found.all.empty()) note_other_files(hand_in, key, student.id);
    const auto may_be_source = [](const std::string& name) { return is_source(name) || is_archive(name); };
    const auto lost = std::ranges::find_if(found.left_out, may_be_source);
    if (found.all.empty() && lost != found.left_out.end())
      lost_.emplace_back(
          key, note("{} handed in {}, which cannot be unpacked: nothing is graded.", student.id, *lost));
    for (FoundAttempt& attempt : found.all) {
      if (!attempt.path.empty()) intake_.sources.emplace(attempt.attempt.content, attempt.path);
      student.attempts.push_back(std::move(attempt.attempt));
    }
    std::ranges::move(found.notes, std::back_inserter(student.notes));
  }

  /// Remembers what a folder has instead of C++ files. Without a word it would look as if nothing was handed in.
  void note_other_files(const HandIn& hand_in, const std::string& key, const std::string& id) {
    constexpr std::size_t kShown = 3;
    std::vector<std::string> files;
    if (fs::is_directory(fs::symlink_status(hand_in.place))) files = files_in(hand_in.place);
    // The notes of the student say why none of several sources was taken, and what was wrong with an archive.
    const auto may_be_source = [](const std::string& file) { return is_source(file) || is_archive(file); };
    if (files.empty() || std::ranges::any_of(files, may_be_source)) return;
    const std::size_t count = files.size();
    files.resize(std::min(count, kShown));
    const std::string listed = fmt::format("{}", fmt::join(files, ", "));
    std::string sentence;
    if (count > kShown)
      sentence = note("{} handed in {} and {} more, which are no C++ files: nothing is graded.", id, listed,
                      count - kShown);
    else if (count > 1)
      sentence = note("{} handed in {}, which are no C++ files: nothing is graded.", id, listed);
    else
      sentence = note("{} handed in {}, which is no C++ file: nothing is graded.", id, listed);
    without_source_.emplace_back(key, std::move(sentence));
  }

  /// Returns: the student whom `key` stands for, who may be new.
  StudentResult& new_student(const std::string& id, const std::string& key) {
    const auto [found, is_new] = places_.emplace(key, intake_.students.size());
    if (!is_new) return intake_.students[found->second];
    const std::string name = file_name_of(id);
    std::string unique = name;
    for (int number = 2; !ids_.insert(unique).second; ++number) unique = fmt::format("{}_{}", name, number);
    StudentResult student;
    student.id = unique;
    student.language = options_.language;
    student.deadline = options_.deadline;
    intake_.students.push_back(std::move(student));
    return intake_.students.back();
  }

  StudentResult& student_of(const std::string& key) { return intake_.students[places_.at(key)]; }

  std::optional<Moment> extended(const RosterStudent& known) const {
    if (known.extension.empty() || !options_.deadline) return options_.deadline;
    if (const auto moment = parse_moment(known.extension)) return moment;
    return *options_.deadline + parse_duration(known.extension).value_or(std::chrono::seconds(0));
  }

  static void set_time(Moment at, StudentResult& student) {
    if (student.attempts.empty()) return;
    student.attempts.back().handed_in = at;
    student.attempts.back().time_from = "roster";
  }

  void finish(StudentResult& student) const {
    // Attempts of one hand-in are in order; those of several come by their times.
    if (of_several_.contains(student.id))
      std::ranges::stable_sort(student.attempts, {},
                               [](const Attempt& attempt) { return attempt.handed_in.value_or(Moment()); });
    for (Attempt& attempt : student.attempts) {
      if (!student.deadline || !attempt.handed_in) continue;
      attempt.late = std::max(std::chrono::seconds(0), *attempt.handed_in - *student.deadline);
    }
    if (!student.attempts.empty()) student.verdict = student.attempts.back().verdict;
  }

  const IntakeOptions& options_;
  fs::path work_;
  std::size_t hand_ins_ = 0;
  std::map<std::string, std::size_t> places_;  // in intake_.students
  std::set<std::string> ids_;
  std::set<std::string> of_several_;  // ids of students with more than one hand-in
  std::map<const RosterStudent*, Claims> claims_;
  std::vector<std::pair<std::string, std::string>>
      without_source_;                                     // keys of students, and sentences on them
  std::vector<std::string> with_text_;                     // keys of students
  std::vector<std::pair<std::string, std::string>> lost_;  // likewise
  Intake intake_;
};

}  // namespace

Intake take_in(const fs::path& folder, const IntakeOptions& options, const fs::path& work) {
  const HandIns found = find_hand_ins(folder, options.wanted.file);
  Gathering gathering(options, work);
  gathering.take_all(found);
  Intake intake = std::move(gathering).finish();
  intake.problems.insert(intake.problems.begin(), found.problems.begin(), found.problems.end());
  return intake;
}

void choose_attempt(StudentResult& student, bool best) {
  Attempt* chosen = nullptr;
  for (Attempt& attempt : student.attempts) {
    attempt.counts = false;
    const auto usable = [](const Attempt& which) { return which.verdict != "unusable"; };
    const bool better =
        !chosen || (usable(attempt) && (!usable(*chosen) || !best || attempt.score > chosen->score));
    if (better) chosen = &attempt;
  }
  if (!chosen) return;
  chosen->counts = true;
  student.verdict = chosen->verdict;
  student.earned = chosen->earned;
  student.score = chosen->score;
}

void find_same(std::vector<StudentResult>& students) {
  std::map<std::string, std::vector<const StudentResult*>> by_content;
  for (const StudentResult& student : students)
    if (const Attempt* attempt = student.counting(); attempt && !attempt->content.empty())
      by_content[attempt->content].push_back(&student);
  for (StudentResult& student : students) {
    student.same_as.clear();
    const Attempt* attempt = student.counting();
    if (!attempt || attempt->content.empty()) continue;
    for (const StudentResult* other : by_content[attempt->content])
      if (other->id != student.id && other->counting()->file != attempt->file)
        student.same_as.push_back(other->id);
  }
}

}  // namespace corokit::moulinette
