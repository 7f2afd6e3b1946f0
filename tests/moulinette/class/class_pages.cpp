#include "class/class_pages.hpp"

#include "class/class_csv.hpp"
#include "class/class_insights.hpp"
#include "class/class_page.hpp"
#include "class/student_page.hpp"
#include "running/whole_file.hpp"

#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;

void write_pages(const ClassResult& result, const fs::path& out, const Spec& spec, const Manifest& manifest,
                 const PageOptions& options) {
  write_file(out / "grades.csv", class_csv(result));
  for (const StudentResult& student : result.students) {
    nlohmann::ordered_json feedback;
    std::error_code failed;
    if (fs::exists(out / feedback_file(student.id), failed))
      feedback = nlohmann::ordered_json::parse(read_file(out / feedback_file(student.id)));
    fs::create_directories((out / page_file(student.id)).parent_path());
    write_file(out / page_file(student.id), student_page(result, student, feedback, spec, options.hints));
  }
  const ClassInsights insights = class_insights(result, spec, manifest);
  const std::string lesson = read_file(manifest.folder / spec.subject);
  write_file(out / "index.html", class_page(result, insights, spec.subject, lesson, options.language));
}

}  // namespace corokit::moulinette
