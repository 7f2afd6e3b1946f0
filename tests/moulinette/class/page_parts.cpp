#include "class/page_parts.hpp"

#include "class/html.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {

std::string name_of(const StudentResult& student) {
  return student.name.empty() ? student.id : fmt::format("{} ({})", student.name, student.id);
}

const StudentResult* find_student(const ClassResult& result, const std::string& id) {
  const auto found = std::ranges::lower_bound(result.students, id, {}, &StudentResult::id);
  return found == result.students.end() || found->id != id ? nullptr : &*found;
}

std::string student_link(const ClassResult& result, const std::string& id) {
  const StudentResult* student = find_student(result, id);
  if (!student) return escaped(id);
  return fmt::format("<a href=\"{}\">{}</a>", address(page_file(id).string()), escaped(name_of(*student)));
}

std::string shown(Moment moment) {
  std::string text = text_of(moment);  // 2026-05-01T21:59:00Z
  return text.substr(0, 10) + ' ' + text.substr(11, 5) + " UTC";
}

std::string shown(std::chrono::seconds duration, const Words& say) {
  const auto seconds = duration.count();
  const auto minutes = (seconds + 59) / 60;  // as grades.csv has them
  const auto hours = minutes / 60;
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (hours == 0) return fmt::format("{} min", minutes);
  if (hours < 24) return fmt::format("{} h {} min", hours, minutes % 60);
  return say("{} d {} h", hours / 24, hours % 24);
}

std::string first_lines(std::string_view text, std::size_t most) {
  std::size_t end = 0;
  for (std::size_t lines = 0; lines < most && end < text.size(); ++lines)
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return std::string(text.substr(0, end)) + (end < text.size() ? "…\n" : "");
}

PageText explanation_of(std::string_view outcome) {
  if (outcome == "crashed")
    return "A signal or a sanitizer ended the program: look for a dangling reference.";
  if (outcome == "hung") return "The test did not end in time: something waits or loops for ever.";
  if (outcome == "exited_early")
    return "The program ended before the test did: a solution never ends the process.";
  return "The behaviour is not what the subject asks for.";
}

}  // namespace corokit::moulinette
