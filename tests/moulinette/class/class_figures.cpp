#include "class/class_figures.hpp"

#include "class/html.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace corokit::moulinette {
namespace {

constexpr int kBar = 56;      // pixels from one bar to the next
constexpr int kHeight = 170;  // of the highest bar
constexpr int kTop = 40;      // the figure of the highest bar is below the label of the mark
constexpr int kLeft = 8;

/// Returns: the scores of a bar: "0–9", and at last "100".
std::string range(std::size_t bin, int max_score) {
  const int first = (static_cast<int>(bin) * max_score + 9) / 10;
  const int last = ((static_cast<int>(bin) + 1) * max_score + 9) / 10 - 1;
  return bin == 10 || first >= last ? std::to_string(first) : fmt::format("{}–{}", first, last);
}

}  // namespace

std::string histogram_figure(const ClassInsights& insights, int pass, int max_score, const Words& say) {
  const std::size_t most = std::max<std::size_t>(1, std::ranges::max(insights.histogram));
  const int width = kLeft * 2 + kBar * 11;
  const int base = kTop + kHeight;
  std::string bars;
  std::string rows;
  for (std::size_t bin = 0; bin < insights.histogram.size(); ++bin) {
    const std::size_t count = insights.histogram[bin];
    const int height = static_cast<int>(count * kHeight / most);
    const int x = kLeft + static_cast<int>(bin) * kBar;
    const std::string scores = range(bin, max_score);
    fmt::format_to(std::back_inserter(bars),
                   "<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>"
                   "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>"
                   "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                   x + 4, base - height, kBar - 8, height, x + kBar / 2, base - height - 5,
                   count == 0 ? "" : std::to_string(count), x + kBar / 2, base + 18, scores);
    fmt::format_to(std::back_inserter(rows), "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td></tr>",
                   scores, count);
  }
  const int mark = kLeft + pass * 10 * kBar / std::max(1, max_score);
  const std::string title = escaped(say("How many students have how many points"));
  return fmt::format(
      "<figure style=\"margin:0\"><svg role=\"img\" aria-label=\"{0}\" viewBox=\"0 0 {1} {2}\" "
      "width=\"{1}\">\n{3}"
      "<line class=\"axis\" x1=\"0\" y1=\"{4}\" x2=\"{1}\" y2=\"{4}\"/>"
      "<line class=\"mark\" x1=\"{5}\" y1=\"{6}\" x2=\"{5}\" y2=\"{4}\"/>"
      "<text class=\"soft\" x=\"{7}\" y=\"12\" text-anchor=\"end\">{8}</text></svg>\n"
      "<details><summary>{9}</summary><table><caption>{0}</caption><thead><tr><th scope=\"col\">{10}</th>"
      "<th scope=\"col\" "
      "class=\"number\">{11}</th></tr></thead><tbody>{12}</tbody></table></details></figure>\n",
      title, width, base + 28, bars, base, mark, kTop - 16, mark - 6,
      escaped(say("{} are needed to pass", pass)), escaped(say("The same as a table")),
      escaped(say("Points")), escaped(say("Students")), rows);
}

std::string bar_figure(std::size_t some, std::size_t all) {
  constexpr std::size_t kWidth = 160;
  const std::size_t filled = all == 0 ? 0 : some * kWidth / all;
  return fmt::format(
      "<svg aria-hidden=\"true\" width=\"{0}\" height=\"14\" viewBox=\"0 0 {0} 14\"><rect class=\"rest\" "
      "width=\"{0}\" "
      "height=\"14\"/><rect class=\"bar\" width=\"{1}\" height=\"14\"/></svg>",
      kWidth, filled);
}

}  // namespace corokit::moulinette
