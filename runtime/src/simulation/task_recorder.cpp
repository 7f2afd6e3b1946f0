#include "task_recorder.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace corokit::sim {

using explorer::Recording;

TaskRecorder::TaskRecorder(Recording& recording, Instant beginning)
    : recording_(recording), beginning_(beginning) {
  recording_.in_virtual_time = true;
}

TaskRecorder::Lane& TaskRecorder::lane_of(std::uint64_t task, const std::string& name) {
  const auto [place, is_new] = lanes_.try_emplace(task);
  if (is_new) {
    place->second.index = recording_.lanes.size();
    std::string text = task == 0 ? "spawn_blocking" : "task " + std::to_string(task);
    if (!name.empty()) text += " (" + name + ")";
    recording_.lanes.push_back(std::move(text));
  }
  return place->second;
}

void TaskRecorder::begin_span(Lane& lane, Recording::State state, std::string what) {
  if (lane.span != kNone) recording_.spans[lane.span].end = time_;
  lane.span = recording_.spans.size();
  lane.since.push_back(lane.span);
  recording_.spans.push_back({lane.index, time_, time_, state, std::move(what)});
}

void TaskRecorder::add(std::string operation) {
  Recording::Step step;
  step.lane = running_->index;
  step.time = time_;
  step.operation = std::move(operation);
  if (last_lane_ != step.lane) step.switched = std::exchange(switched_, {});
  last_lane_ = step.lane;
  if (recording_.steps.size() == kFirst + 2 * kLast) {  // many at once, since those that follow move
    recording_.steps.erase(recording_.steps.begin() + kFirst, recording_.steps.begin() + kFirst + kLast);
    recording_.left_out_at = kFirst;
    recording_.left_out += kLast;
  }
  recording_.steps.push_back(std::move(step));
}

void TaskRecorder::begin_turn(std::uint64_t task, const std::string& name, Instant now) {
  time_ = (now - beginning_).count();
  running_ = &lane_of(task, name);
  begin_span(*running_, Recording::State::running, "");
  add("runs");
}

void TaskRecorder::give_way(int await) {
  add("gives way before await " + std::to_string(await));
  switched_ = "gives way";
  begin_span(*running_, Recording::State::ready, "");
}

void TaskRecorder::wait(const char* where) {
  add(std::string("waits in ") + where);
  switched_ = "waits";
  // A task that sleeps stands for one that works: tests use sleep() in place of it.
  const bool works = std::string_view(where) == "sleep";
  begin_span(*running_, works ? Recording::State::running : Recording::State::waiting, where);
  running_->wait = running_->span;
  running_->since.clear();
}

void TaskRecorder::wait_again() {
  if (running_->wait == kNone) return;
  Recording::Span& wait = recording_.spans[running_->wait];
  add("waits in " + wait.what);
  switched_ = "waits";
  if (wait.end != time_) return begin_span(*running_, wait.state, wait.what);
  // No time has passed since then: it is one wait, and what came between is not drawn.
  for (const std::size_t span : std::exchange(running_->since, {})) recording_.spans[span].lane = kNone;
  running_->span = running_->wait;
}

void TaskRecorder::yield() {
  switched_ = "gives way";
  begin_span(*running_, Recording::State::ready, "");
}

void TaskRecorder::finish() {
  add("is over");
  switched_ = "is over";
  begin_span(*running_, Recording::State::finished, "");
}

void TaskRecorder::wake(std::uint64_t task, std::uint64_t by, const std::string& name, Instant now) {
  time_ = (now - beginning_).count();
  Lane& lane = lane_of(task, name);
  if (by != 0 && &lane != running_) {
    add((lane.span == kNone ? "starts " : "wakes ") + recording_.lanes[lane.index]);
    recording_.steps.back().wakes.push_back(lane.index);
  }
  begin_span(lane, Recording::State::ready, "");
}

void TaskRecorder::note(const std::string& name, std::int64_t value, Instant now) {
  time_ = (now - beginning_).count();
  for (Recording::Series& series : recording_.series) {
    if (series.name != name) continue;
    series.values.emplace_back(time_, value);
    if (!recording_.steps.empty()) recording_.steps.back().values.emplace_back(name, std::to_string(value));
    return;
  }
  recording_.series.push_back({name, {{time_, value}}});
  if (!recording_.steps.empty()) recording_.steps.back().values.emplace_back(name, std::to_string(value));
}

void TaskRecorder::say(const std::string& text) {
  if (running_) add(text);
}

void TaskRecorder::end(Instant now) {
  time_ = (now - beginning_).count();
  for (auto& [task, lane] : lanes_)
    if (lane.span != kNone) recording_.spans[lane.span].end = time_;
  std::erase_if(recording_.spans, [](const Recording::Span& span) { return span.lane == kNone; });
}

}  // namespace corokit::sim
