#pragma once
#include "class/class_insights.hpp"
#include "class/page_words.hpp"

#include <string>

namespace corokit::moulinette {

/// Returns: how many students have how many points, drawn as SVG, with a line where the pass mark is. What it shows is
///   also in a table beside it.
std::string histogram_figure(const ClassInsights& insights, int pass, int max_score, const Words& say);

/// Returns: a bar, drawn as SVG, of which the part `some` of `all` is filled.
std::string bar_figure(std::size_t some, std::size_t all);

}  // namespace corokit::moulinette
