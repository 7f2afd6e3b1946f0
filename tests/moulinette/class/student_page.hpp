#pragma once
#include "class/class_result.hpp"
#include "exercise/spec.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

/// Returns: the page that a student is given, in the student's language: points, the first test that fails in full, what
///   the norm and the compiler say, attempts, and how late they were. `feedback` is feedback_file(), from which hidden
///   tests are gone; null if nothing was graded. At most `hints` hints are given for the test that is shown in full.
std::string student_page(const ClassResult& result, const StudentResult& student,
                         const nlohmann::ordered_json& feedback, const Spec& spec, std::size_t hints);

}  // namespace corokit::moulinette
