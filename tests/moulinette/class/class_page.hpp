#pragma once
#include "class/class_insights.hpp"
#include "class/class_result.hpp"
#include "output/language.hpp"

#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: the page of a class, for whoever teaches it: the distribution of points, which tests fail, which mistakes are
///   made, what to teach again, who is late or missing, which hand-ins are alike, and all students with links to their
///   pages. `lesson` is the text of the exercise's subject, in which the places to go back to are looked for.
std::string class_page(const ClassResult& result, const ClassInsights& insights, std::string_view subject,
                       std::string_view lesson, Language language);

}  // namespace corokit::moulinette
