#include "perfetto.hpp"

#include <simulation/axis.hpp>
#include <simulation/terminal_text.hpp>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace corokit::explorer {
namespace {

using nlohmann::json;
constexpr int kProcess = 1;

/// Collects the events of a recording.
class Trace {
 public:
  explicit Trace(const Recording& recording) : recording_(recording), axis_(axis_of(recording)) {
    add_names();
    for (const Recording::Span& span : axis_.spans) add(span);
    for (std::size_t place = 0; place < recording.steps.size(); ++place) add_step(place);
    for (const Recording::Series& series : axis_.series) add(series);
    add_finding();
  }

  std::string text() const {
    json trace{
        {"displayTimeUnit", "ms"},
        {"otherData",
         {{"test", recording_.test}, {"schedule", recording_.token}, {"finding", recording_.finding}}}};
    std::string events;  // one a line, so that a difference can be read
    for (const auto& [time, event] : events_) events += (events.empty() ? "\n" : ",\n") + dumped(event);
    std::string text = dumped(trace);
    text.pop_back();
    return text + ",\n\"traceEvents\":[" + events + "\n]}";
  }

 private:
  static std::string dumped(const json& value) {
    return value.dump(-1, ' ', true, json::error_handler_t::replace);
  }
  static std::size_t thread_of(std::size_t lane) { return lane + 1; }  // 0 is no thread

  /// Returns: a point of the axis in microseconds, as the format has it.
  double time(std::int64_t point) const {
    return static_cast<double>(point) * (axis_.counts_steps ? 1000.0 : 0.001);
  }

  json event(const char* phase, std::string name, std::size_t thread, std::int64_t point) const {
    return {
        {"ph", phase}, {"name", std::move(name)}, {"pid", kProcess}, {"tid", thread}, {"ts", time(point)}};
  }

  void add(json event) {
    const auto time = event["ts"].get<double>();
    events_.emplace(time, std::move(event));
  }

  void add_names() {
    json process = event("M", "process_name", 0, 0);
    process["args"] = {{"name", recording_.test.empty() ? "A schedule" : recording_.test}};
    add(std::move(process));
    for (std::size_t lane = 0; lane < recording_.lanes.size(); ++lane) {
      json name = event("M", "thread_name", thread_of(lane), 0);
      name["args"] = {{"name", lane_name(recording_, lane)}};
      json order = event("M", "thread_sort_index", thread_of(lane), 0);
      order["args"] = {{"sort_index", lane}};
      add(std::move(name));
      add(std::move(order));
    }
  }

  void add(const Recording::Span& span) {
    if (span.state == Recording::State::finished) return;
    const char* const state = span.state == Recording::State::running   ? "runs"
                              : span.state == Recording::State::waiting ? "waits"
                                                                        : "could run";
    json added =
        event("X", span.what.empty() ? state : state + (": " + span.what), thread_of(span.lane), span.begin);
    added["dur"] = time(span.end - span.begin);
    added["cat"] = state;
    add(std::move(added));
  }

  void add_step(std::size_t place) {
    const Recording::Step& step = recording_.steps[place];
    json added = event("i", step.operation.empty() ? "step" : step.operation, thread_of(step.lane),
                       axis_.steps[place]);
    added["s"] = "t";
    added["cat"] = "step";
    added["args"] = {{"step", recording_.number(place)}, {"place", step.place}, {"source", step.source}};
    if (!step.switched.empty()) added["args"]["the lane before"] = step.switched;
    for (const auto& [name, value] : step.values) added["args"]["values"][name] = value;
    add(std::move(added));
    for (const std::size_t lane : step.wakes) add_arrow(place, lane);
  }

  /// An arrow from a step that wakes a lane to the next step of that lane.
  void add_arrow(std::size_t from, std::size_t lane) {
    const auto& steps = recording_.steps;
    const auto next = std::find_if(steps.begin() + static_cast<std::ptrdiff_t>(from) + 1, steps.end(),
                                   [=](const Recording::Step& step) { return step.lane == lane; });
    if (next == steps.end()) return;
    json begin = event("s", "wakes", thread_of(steps[from].lane), axis_.steps[from]);
    json end =
        event("f", "wakes", thread_of(lane), axis_.steps[static_cast<std::size_t>(next - steps.begin())]);
    end["bp"] = "e";  // it ends in the span that is there, not in the next one
    begin["id"] = end["id"] = ++arrows_;
    begin["cat"] = end["cat"] = "wake-up";
    add(std::move(begin));
    add(std::move(end));
  }

  void add(const Recording::Series& series) {
    for (const auto& [point, value] : series.values) {
      json added = event("C", series.name, 0, point);
      added["args"] = {{"value", value}};
      add(std::move(added));
    }
  }

  void add_finding() {
    if (recording_.finding.empty()) return;
    const bool at_step = !recording_.broken_at.empty() && recording_.broken_at.back() < axis_.steps.size();
    const std::size_t thread = at_step ? thread_of(recording_.steps[recording_.broken_at.back()].lane) : 0;
    json added =
        event("i", "what broke", thread, at_step ? axis_.steps[recording_.broken_at.back()] : axis_.end);
    added["s"] = "g";  // a line across all threads
    added["cat"] = "finding";
    added["args"] = {{"finding", recording_.finding}};
    add(std::move(added));
  }

  const Recording& recording_;
  const Axis axis_;
  std::size_t arrows_ = 0;
  std::multimap<double, json> events_;  // by time; of one time, as they were added
};

}  // namespace

std::string perfetto(const Recording& recording) {
  return Trace(recording).text();
}

}  // namespace corokit::explorer
