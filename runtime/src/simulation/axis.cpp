#include "axis.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

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

/// What a lane does after a step, up to its next one.
struct After {
  State state = State::ready;
  std::string what;
};

/// Returns: what is known of the lane of a step after it: that it waits, if its operation or the reason of the switch
///   says so.
After after(const Recording& recording, std::size_t place) {
  const Recording::Step& step = recording.steps[place];
  const bool gap = recording.left_out > 0 && place + 1 == recording.left_out_at;
  std::string_view reason = step.operation;
  if (place + 1 < recording.steps.size()) reason = recording.steps[place + 1].switched;
  if (gap) reason = "";
  if (!reason.starts_with("waits")) return {};
  for (const auto& [text, prefix] :
       {std::pair<std::string_view, std::string_view>{step.operation, "waits in "}, {reason, "waits for "}}) {
    if (text.starts_with(prefix)) return {State::waiting, std::string(text.substr(prefix.size()))};
  }
  return {State::waiting, ""};
}

/// A lane runs in each of its steps. One that waits after its last step waits to the end.
std::vector<Recording::Span> spans_of_steps(const Recording& recording) {
  struct Last {
    std::size_t span;
    std::size_t step;
  };
  std::vector<Recording::Span> spans;
  std::vector<std::optional<Last>> last(recording.lanes.size());
  const auto fill = [&](std::size_t lane, std::int64_t end) {
    After what = after(recording, last[lane]->step);
    spans.push_back({lane, spans[last[lane]->span].end, end, what.state, std::move(what.what)});
  };
  std::int64_t end = 0;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const std::size_t lane = recording.steps[i].lane;
    const auto now = static_cast<std::int64_t>(recording.number(i));
    end = now + 1;
    if (lane >= last.size()) last.resize(lane + 1);
    if (last[lane] && spans[last[lane]->span].end == now) {
      spans[last[lane]->span].end = end;
      last[lane]->step = i;
      continue;
    }
    if (last[lane]) fill(lane, now);
    last[lane] = {spans.size(), i};
    spans.push_back({lane, now, end, State::running, ""});
  }
  for (std::size_t lane = 0; lane < last.size(); ++lane) {
    if (last[lane] && after(recording, last[lane]->step).state == State::waiting) fill(lane, end);
  }
  return spans;
}

/// Returns: a series with its values at the steps that have them; as it is, if none has.
Recording::Series at_steps(const Recording& recording, const Axis& axis, const Recording::Series& series) {
  Recording::Series result{series.name, {}};
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    for (const auto& [name, value] : recording.steps[i].values) {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (name == series.name && error == std::errc()) result.values.emplace_back(axis.steps[i], number);
    }
  }
  return result.values.empty() ? series : result;
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
  for (const Recording::Series& series : recording.series) {
    axis.series.push_back(has_spans ? series : at_steps(recording, axis, series));
  }
  return axis;
}

}  // namespace corokit::explorer
