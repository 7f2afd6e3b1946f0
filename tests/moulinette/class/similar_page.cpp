#include "class/similar_page.hpp"

#include "class/html.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kColours = 6;       // of page_style.cpp: p0 to p5
constexpr std::size_t kMostLines = 4000;  // of a text that are shown

using Range = LineRange Passage::*;

/// Returns: for each line the number of the passage that it belongs to, from 1; 0 if it belongs to none.
std::vector<std::size_t> passage_of_lines(std::size_t lines, const std::vector<Passage>& passages,
                                          Range range) {
  std::vector<std::size_t> found(lines + 1);
  for (std::size_t i = 0; i < passages.size(); ++i) {
    const LineRange& where = passages[i].*range;
    for (std::size_t line = where.first; line <= std::min(where.last, lines); ++line)
      if (found[line] == 0) found[line] = i + 1;
  }
  return found;
}

/// The lines of one text. `here` and `there` are what the names of the two texts' anchors begin with.
std::string source(const Side& side, const std::vector<Passage>& passages, Range range, char here,
                   char there) {
  std::vector<std::string_view> lines;
  for (std::string_view rest = side.source; !rest.empty() && lines.size() < kMostLines;) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const std::vector<std::size_t> passage = passage_of_lines(lines.size(), passages, range);
  std::string html;
  for (std::size_t number = 1; number <= lines.size(); ++number) {
    const std::size_t of = passage[number];
    const std::string text = escaped(lines[number - 1]);
    if (of == 0) {
      fmt::format_to(std::back_inserter(html), "<li><span class=\"place\">{}</span><span>{}</span></li>\n",
                     number, text);
      continue;
    }
    const bool is_first = passage[number - 1] != of;
    const std::string place =
        is_first ? fmt::format("<a class=\"place\" id=\"{0}{2}\" href=\"#{1}{2}\">[{2}] {3}</a>", here, there,
                               of, number)
                 : fmt::format("<span class=\"place\">{}</span>", number);
    fmt::format_to(std::back_inserter(html), "<li class=\"p{}\">{}<span>{}</span></li>\n",
                   (of - 1) % kColours, place, text);
  }
  return html;
}

}  // namespace

std::string similar_page(const Side& one, const Side& other, const std::vector<Passage>& passages,
                         Language language) {
  const Words say(language);
  const std::string title = say("{} and {}", one.name, other.name);
  std::string html = fmt::format(
      "<h1>{}</h1>\n<p>{}</p>\n<p class=\"soft\">{}</p>\n", escaped(title),
      escaped(say("Of what is their own, {} % of the first and {} % of the second are alike (passages: {}).",
                  one.percent, other.percent, passages.size())),
      escaped(say("A passage has the same colour and number on both sides; its number leads to the other "
                  "side. Not shown "
                  "in colour is what is alike because everybody was given it, or because many have it.")));
  html += "<div class=\"sides\">\n";
  const auto add_side = [&](const Side& side, Range range, char here, char there) {
    html += fmt::format(
        "<section aria-label=\"{0}\"><h2>{0}</h2><div class=\"source\" "
        "tabindex=\"0\"><ol>\n{1}</ol></div></section>\n",
        escaped(side.name), source(side, passages, range, here, there));
  };
  add_side(one, &Passage::one, 'a', 'b');
  add_side(other, &Passage::other, 'b', 'a');
  return html_page(language, title, html + "</div>\n");
}

}  // namespace corokit::moulinette
