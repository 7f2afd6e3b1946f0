#pragma once
// Included by main.cpp only, as channel.hpp is.
#include "channel.hpp"
#include "timeline.hpp"

#include "simulation/recording.hpp"
#include "simulation/recording_json.hpp"
#include "simulation/schedule.hpp"
#include "simulation/task_recorder.hpp"

#include <corokit/spawn.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::specified {
namespace {

/// Writes down a schedule while it is played, in the words of the test: a task is called what the test calls it in its
/// notes, with the number that the runtime gave it, as "task 3 (#7)".
///
/// Thread-safety: one thread.
class Recorded final : public Timeline::Listener, public explorer::Strategy {
 public:
  explicit Recorded(explorer::Strategy& chooser)
      : chooser_(chooser), choices_(*this), schedule_(choices_, goals_) {
    schedule_.recording = &recording_;
    schedule_.ends_all = false;
  }

  explorer::Schedule& schedule() noexcept { return schedule_; }

  std::size_t choose(const explorer::Point& point) override {
    const std::size_t choice = chooser_.choose(point);
    has_values_ = has_values_ || point.kind == explorer::Kind::value;
    if (choice != 0 && point.kind != explorer::Kind::value) note_move(point, choice);
    return choice;
  }
  bool advance() override { return chooser_.advance(); }

  void began(Instant beginning) override {
    if (channel::connected()) channel::write_line(" []\n");  // what came before does not count
    recording_ = {};
    recording_.in_virtual_time = true;
    beginning_ = beginning;
    names_ = {{1, {"test"}}};  // the task that the test begins with
    has_runs_ = false;
  }
  void happened(const Timeline::Event& event) override {
    if (channel::connected()) channel::happened(event);
    if (!schedule_.recorder) return;
    schedule_.recorder->say(event.task + " " + event.event);
    has_runs_ = has_runs_ || event.task.starts_with("run 2");
    if (const auto id = try_current_task_id()) call(static_cast<std::uint64_t>(*id), event.task);
  }

  /// Ends the recording. `finding`: what broke; empty if nothing did.
  const explorer::Recording& finish(const std::string& finding) {
    if (schedule_.recorder) {
      if (!finding.empty() && !recording_.steps.empty()) recording_.broken_at = {recording_.steps.size() - 1};
      schedule_.recorder->end(now());
      schedule_.recorder = nullptr;
    }
    const bool is_of_runtime =
        finding.starts_with("deadlock: ") || finding.starts_with("the schedule took too many steps");
    recording_.finding = is_of_runtime ? renamed(finding) : finding;
    for (explorer::Recording::Step& step : recording_.steps) {
      const bool is_note = step.operation.find(" task ") == std::string::npos ||
                           !(step.operation.starts_with("starts ") || step.operation.starts_with("wakes "));
      step.operation = is_note ? in_short(step.operation) : renamed(step.operation);
      step.switched = renamed(step.switched);
    }
    for (std::string& lane : recording_.lanes) lane = renamed(lane);
    if (recording_.spans.size() > kManySpans) merge_spans();
    return recording_;
  }

  /// Returns: the schedule and what was recorded of it, as JSON, in one line. finish() comes first.
  std::string json() const {
    std::string json = "{\"schedule\":\"" + explorer::token(choices_.deviations()) +
                       "\",\"choices\":" + std::to_string(choices_.place()) +
                       ",\"has_values\":" + (has_values_ ? "true" : "false") + ",\"moves\":[";
    for (const Move& move : moves_) {
      if (json.back() != '[') json += ',';
      channel::append_event(json, {move.time, "", renamed(move.what)});
    }
    json += "],\"recording\":" + explorer::to_json(recording_) + "}";
    std::ranges::replace(json, '\n', ' ');
    return json;
  }

 private:
  static constexpr std::size_t kManySpans = 2'000;
  static constexpr std::size_t kMoves = 100;  // that are told in words

  struct Move {
    Duration time;
    std::string what;
  };

  static std::string task(std::uint64_t id) {
    constexpr std::uint64_t kBlocking = std::uint64_t{1} << 63U;
    return (id & kBlocking) != 0 ? "a function of spawn_blocking()" : "task " + std::to_string(id);
  }

  void note_move(const explorer::Point& point, std::size_t choice) {
    if (moves_.size() == kMoves) return;
    std::string what;
    if (point.kind == explorer::Kind::order && point.runner)
      what =
          task(point.runner(point.context, choice)) + " runs before " + task(point.runner(point.context, 0));
    else if (point.kind == explorer::Kind::pause && point.runner)
      what = task(point.runner(point.context, 0)) + " gives way before its await " + std::to_string(choice);
    else
      what = "of " + std::to_string(point.count) + " branches, number " + std::to_string(choice + 1) +
             " is looked at first";
    moves_.push_back({now() - beginning_, std::move(what)});
  }

  /// Leaves out the spans of no length, and makes one of those that follow each other and are alike.
  void merge_spans() {
    std::vector<explorer::Recording::Span> merged;
    std::vector<std::size_t> last(recording_.lanes.size(), recording_.spans.size());  // of each lane
    for (explorer::Recording::Span& span : recording_.spans) {
      std::size_t& before = last[span.lane];
      const bool has_before = before < merged.size();
      if (has_before && span.begin == span.end && span.state != explorer::Recording::State::finished)
        continue;
      if (has_before && merged[before].state == span.state && merged[before].what == span.what) {
        merged[before].end = span.end;
        continue;
      }
      before = merged.size();
      merged.push_back(std::move(span));
    }
    recording_.spans = std::move(merged);
  }

  /// Remembers what the test calls a task.
  void call(std::uint64_t id, const std::string& name) {
    std::vector<std::string>& names = names_[id];
    std::string known = name.find("task ") == std::string::npos ? "test" : name;
    if (std::ranges::find(names, known) == names.end()) names.push_back(std::move(known));
  }

  /// Returns: a text of the test, which names the run only if there are several.
  std::string in_short(const std::string& text) const {
    constexpr std::string_view kFirstRun = "run 1: ";
    return !has_runs_ && text.starts_with(kFirstRun) ? text.substr(kFirstRun.size()) : text;
  }

  std::string name(std::uint64_t id) const {
    constexpr std::size_t kShown = 3;
    std::string number = "#" + std::to_string(id);
    const auto found = names_.find(id);
    if (found == names_.end()) return number;
    std::string all;
    for (std::size_t i = 0; i < std::min(found->second.size(), kShown); ++i)
      all += (i == 0 ? "" : ", ") + in_short(found->second[i]);
    return all + (found->second.size() > kShown ? ", …" : "") + " (" + number + ")";
  }

  /// Returns: a text of the runtime, with the test's names of the tasks.
  std::string renamed(std::string_view text) const {
    constexpr std::string_view kTask = "task ";
    std::string result;
    for (std::size_t found; (found = text.find(kTask)) != std::string_view::npos;) {
      std::uint64_t id = 0;
      const char* const number = text.data() + found + kTask.size();
      const auto [end, error] = std::from_chars(number, text.data() + text.size(), id);
      result += text.substr(0, found);
      result += error == std::errc() ? name(id) : std::string(kTask);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return result + std::string(text);
  }

  explorer::Strategy& chooser_;
  explorer::Choices choices_;
  explorer::Goals goals_;
  explorer::Schedule schedule_;
  explorer::Recording recording_;
  Instant beginning_{};
  std::vector<Move> moves_;
  std::map<std::uint64_t, std::vector<std::string>> names_;  // what the test calls a task of the runtime
  bool has_values_ = false;  // whether the schedule chose what the test works on
  bool has_runs_ = false;    // whether a run of an orchestrator is not the first
};

}  // namespace
}  // namespace corokit::specified
