#pragma once
#include "class/class_result.hpp"
#include "class/page_words.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: the name of a student with the id; the id alone if no name is known.
std::string name_of(const StudentResult& student);

/// Returns: a link to the page of a student, from the page of the class; the id alone if nobody has it.
std::string student_link(const ClassResult& result, const std::string& id);
/// Returns: the student with this id; null if there is none.
const StudentResult* find_student(const ClassResult& result, const std::string& id);

/// Returns: "2026-05-01 21:59 UTC".
std::string shown(Moment moment);
/// Returns: "2 d 3 h", "3 h 20 min", "5 min", "40 s": the two largest units.
std::string shown(std::chrono::seconds duration, const Words& say);

/// Returns: the first lines of a text; if there are more, "…" after them.
std::string first_lines(std::string_view text, std::size_t most);

/// Returns: what an outcome other than "passed" and "failed" means, for the author of the program.
PageText explanation_of(std::string_view outcome);

}  // namespace corokit::moulinette
