#include "page.hpp"

#include "page_template.hpp"

#include <simulation/axis.hpp>
#include <simulation/recording_json.hpp>
#include <simulation/repetitions.hpp>
#include <simulation/table.hpp>
#include <simulation/terminal_text.hpp>
#include <simulation/timeline.hpp>

#include <string_view>

namespace corokit::explorer {
namespace {

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

/// Returns: JSON of what the script of the page draws.
std::string data_of(Recording recording) {
  const Axis axis = axis_of(recording);
  recording.spans = axis.spans;
  recording.series = axis.series;
  for (const Recording::Step& step : recording.steps) {  // each lane has a row
    while (recording.lanes.size() <= step.lane)
      recording.lanes.push_back(lane_name(recording, recording.lanes.size()));
  }
  std::string points;
  for (const std::int64_t point : axis.steps) points += (points.empty() ? "" : ",") + std::to_string(point);
  std::string stretches;
  for (const Stretch& stretch : fold_repetitions(recording)) {
    stretches += (stretches.empty() ? "[" : ",[") + std::to_string(stretch.first) + "," +
                 std::to_string(stretch.count) + "," + std::to_string(stretch.more) + "]";
  }
  return "{\"recording\":" + to_json(recording) +
         ",\n\"axis\":{\"counts_steps\":" + (axis.counts_steps ? "true" : "false") +
         ",\"end\":" + std::to_string(axis.end) + ",\"steps\":[" + points + "]},\n\"stretches\":[" +
         stretches + "]}";
}

}  // namespace

std::string page(const Recording& recording) {
  std::string_view rest = kPageTemplate;
  std::string html;
  const auto fill = [&](std::string_view mark, const std::string& text) {
    const std::size_t at = rest.find(mark);
    html.append(rest.substr(0, at)).append(text);
    rest.remove_prefix(at + mark.size());
  };
  fill("{{title}}", escaped(recording.test.empty() ? "A schedule" : printable(recording.test)));
  fill("{{text}}", escaped(draw_timeline(recording) + '\n' + draw_table(recording)));
  fill("{{data}}", data_of(recording));
  return html.append(rest);
}

}  // namespace corokit::explorer
