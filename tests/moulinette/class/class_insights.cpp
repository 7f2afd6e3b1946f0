#include "class/class_insights.hpp"

#include "class/known_mistakes.hpp"

#include "exercise/wrong_header.hpp"

#include <algorithm>
#include <functional>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kLessons = 3;

void add_scores(const ClassResult& result, ClassInsights& insights) {
  std::vector<int> scores;
  insights.histogram.assign(11, 0);
  for (const StudentResult& student : result.students) {
    ++insights.verdicts[student.verdict];
    if (student.attempts.empty()) continue;
    ++insights.handed_in;
    insights.graded += student.tests.empty() ? 0 : 1;
    insights.passed += student.verdict == "passed" ? 1 : 0;
    const Attempt* attempt = student.counting();
    insights.late += attempt && attempt->late.count() > 0 ? 1 : 0;
    scores.push_back(student.score);
    const int most = std::max(1, result.max_score);
    ++insights.histogram[static_cast<std::size_t>(std::clamp(student.score * 10 / most, 0, 10))];
  }
  if (scores.empty()) return;
  std::ranges::sort(scores);
  const std::size_t half = scores.size() / 2;
  insights.median = scores.size() % 2 == 1 ? scores[half] : (scores[half - 1] + scores[half]) / 2.0;
  for (const int score : scores)
    insights.mean += static_cast<double>(score) / static_cast<double>(scores.size());
}

void add_tests(const ClassResult& result, ClassInsights& insights) {
  for (std::size_t i = 0; i < result.tests.size(); ++i) {
    TestTally tally{result.tests[i].name, result.tests[i].points, 0, 0, {}};
    for (const StudentResult& student : result.students) {
      if (i >= student.tests.size() || !student.tests[i].is_played()) continue;
      ++tally.played;
      if (student.tests[i].outcome == "passed")
        ++tally.passed;
      else
        ++tally.failed_as[student.tests[i].outcome];
    }
    insights.tests.push_back(std::move(tally));
  }
}

void add_lessons(const ClassResult& result, const Spec& spec, ClassInsights& insights) {
  std::map<std::string, Lesson> found;  // by the part
  for (const StudentResult& student : result.students) {
    for (std::size_t i = 0; i < student.tests.size() && i < result.tests.size(); ++i) {
      const TestMark& mark = student.tests[i];
      if (!mark.has_failed()) continue;
      const std::string& test = result.tests[i].name;
      Lesson& lesson = found[mark.part.empty() ? test : mark.part];
      lesson.test = test;
      lesson.part = mark.part.empty() ? test : mark.part;
      lesson.students.push_back(student.id);
    }
  }
  for (auto& [name, lesson] : found) {
    const TestSpec* test = spec.find(lesson.test);
    if (!test) continue;
    const PartSpec* part = test->find_part(lesson.part);
    lesson.what = part ? part->what : test->what;
    lesson.trap = part ? part->trap : "";
    insights.lessons.push_back(std::move(lesson));
  }
  const auto by_number = [](const Lesson& lesson) { return lesson.students.size(); };
  std::ranges::stable_sort(insights.lessons, std::ranges::greater(), by_number);
  if (insights.lessons.size() > kLessons) insights.lessons.resize(kLessons);
}

void add_mistakes(const ClassResult& result, const Spec& spec, const Manifest& manifest,
                  ClassInsights& insights) {
  std::map<std::string, Mistake> found;
  for (const StudentResult& student : result.students) {
    const bool fails = std::ranges::any_of(student.tests, &TestMark::has_failed);
    insights.failing += fails ? 1 : 0;
    insights.unlike += fails && student.nearest.empty() ? 1 : 0;
    if (!student.nearest.empty()) found[student.nearest].students.push_back(student.id);
  }
  for (auto& [name, mistake] : found) {
    mistake.name = name;
    const auto entry = std::ranges::find(manifest.roster, name, &RosterEntry::name);
    if (entry != manifest.roster.end() && is_wrong(entry->role)) {
      WrongHeader header = load_wrong_header(manifest.root, entry->file, spec);
      mistake.wrong = std::move(header.wrong);
      mistake.plausible = std::move(header.plausible);
    }
    insights.mistakes.push_back(std::move(mistake));
  }
  const auto by_number = [](const Mistake& mistake) { return mistake.students.size(); };
  std::ranges::stable_sort(insights.mistakes, std::ranges::greater(), by_number);
}

}  // namespace

ClassInsights class_insights(const ClassResult& result, const Spec& spec, const Manifest& manifest) {
  ClassInsights insights;
  add_scores(result, insights);
  add_tests(result, insights);
  add_lessons(result, spec, insights);
  add_mistakes(result, spec, manifest, insights);
  insights.knows_mistakes = knows_mistakes(manifest);
  return insights;
}

}  // namespace corokit::moulinette
