#include "axis.hpp"

#include <algorithm>
#include <optional>

namespace corokit::explorer {
namespace {

using State = Recording::State;

std::int64_t last_time(const Recording& recording) {
  std::int64_t end = 0;
  for (const Recording::Step& step : recording.steps) end = std::max(end, step.time);
  for (const Recording::Span& span : recording.spans) end = std::max(end, span.end);
  for (const Recording::Series& series : recording.series) {
    if (!series.values.empty()) end = std::max(end, series.values.back().first);
  }
  return end;
}

/// A lane runs in each of its steps, and could run between them for all that is known.
std::vector<Recording::Span> spans_of_steps(const Recording& recording) {
  std::vector<Recording::Span> spans;
  std::vector<std::optional<std::size_t>> last(recording.lanes.size());  // the last span of each lane
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const std::size_t lane = recording.steps[i].lane;
    const auto now = static_cast<std::int64_t>(recording.number(i));
    if (lane >= last.size()) last.resize(lane + 1);
    if (last[lane] && spans[*last[lane]].end == now) {
      spans[*last[lane]].end = now + 1;
      continue;
    }
    if (last[lane]) spans.push_back({lane, spans[*last[lane]].end, now, State::ready, ""});
    last[lane] = spans.size();
    spans.push_back({lane, now, now + 1, State::running, ""});
  }
  return spans;
}

}  // namespace

Axis axis_of(const Recording& recording) {
  Axis axis;
  axis.end = last_time(recording);
  axis.counts_steps = !recording.in_virtual_time || axis.end == 0;
  const bool has_spans = !recording.spans.empty() && axis.end > 0;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const auto number = static_cast<std::int64_t>(recording.number(i));
    axis.steps.push_back(axis.counts_steps && !has_spans ? number : recording.steps[i].time);
    if (axis.counts_steps) axis.end = std::max(axis.end, axis.steps.back() + 1);
  }
  axis.spans = has_spans ? recording.spans : spans_of_steps(recording);
  return axis;
}

}  // namespace corokit::explorer
