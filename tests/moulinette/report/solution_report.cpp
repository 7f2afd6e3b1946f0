#include "report/solution_report.hpp"

#include "output/style.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace corokit::moulinette {
namespace {

/// Returns: the words in lines of at most so many columns, where a word is no longer than that.
std::string wrapped(const std::string& text, std::size_t width) {
  std::istringstream words(text);
  std::string lines;
  std::size_t column = 0;
  for (std::string word; words >> word;) {
    const bool fits = column + 1 + word.size() <= width;
    if (column > 0) lines += fits ? ' ' : '\n';
    column = column > 0 && fits ? column + 1 + word.size() : word.size();
    lines += word;
  }
  return lines + "\n";
}

}  // namespace

std::string solution_report(const std::vector<Solution>& all, const OutputOptions& output) {
  const Style style(output.colour);
  std::string text;
  for (const Solution& solution : all) {
    if (!text.empty()) text += '\n';
    text += style.strong(solution.file.string()) + "\n\n";
    if (!solution.difference.empty())
      text += wrapped(solution.difference, std::min<std::size_t>(output.width, 100)) + "\n";
    text += solution.text;
  }
  return text;
}

nlohmann::ordered_json to_json(const std::string& exercise, const std::vector<Solution>& all) {
  nlohmann::ordered_json json{{"exercise", exercise}, {"alternatives", nlohmann::ordered_json::array()}};
  for (const Solution& solution : all) {
    if (&solution == &all.front())
      json["reference"] = {{"file", solution.file.string()}, {"text", solution.text}};
    else
      json["alternatives"].push_back(
          {{"file", solution.file.string()}, {"difference", solution.difference}, {"text", solution.text}});
  }
  return json;
}

}  // namespace corokit::moulinette
