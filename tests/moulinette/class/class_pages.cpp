#include "class/class_pages.hpp"

#include "class/class_csv.hpp"
#include "class/class_insights.hpp"
#include "class/class_page.hpp"
#include "class/student_page.hpp"
#include "exercise/spec.hpp"
#include "exercise/translation.hpp"
#include "whole_file.hpp"

#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;

void write_pages(const ClassResult& result, const fs::path& out, const Exercise& exercise,
                 const PageOptions& options) {
  const Spec english = load_spec(exercise);
  const Spec french = load_spec(exercise, Language::french);
  ClassResult in_french = result;
  in_french.title = french.title;
  write_file(out / "grades.csv", class_csv(result));
  for (const StudentResult& student : result.students) {
    nlohmann::ordered_json feedback;
    std::error_code failed;
    if (fs::exists(out / feedback_file(student.id), failed))
      feedback = nlohmann::ordered_json::parse(read_file(out / feedback_file(student.id)));
    fs::create_directories((out / page_file(student.id)).parent_path());
    if (student.language == "fr" && feedback.is_object()) translate(feedback, french);
    const std::string page = student.language == "fr"
                                 ? student_page(in_french, student, feedback, french, options.hints)
                                 : student_page(result, student, feedback, english, options.hints);
    write_file(out / page_file(student.id), page);
  }
  const bool is_french = options.language == Language::french;
  const Manifest manifest = load_manifest(exercise.manifest);
  const ClassInsights insights = class_insights(result, is_french ? french : english, manifest);
  std::string subject = english.subject;
  if (is_french && fs::exists(manifest.folder / french_name(subject))) subject = french_name(subject);
  const std::string lesson = read_file(manifest.folder / subject);
  write_file(out / "index.html",
             class_page(is_french ? in_french : result, insights, subject, lesson, options.language));
}

}  // namespace corokit::moulinette
