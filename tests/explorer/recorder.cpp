#include "recorder.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace corokit::model {
namespace {

constexpr char kLine = '\1';
constexpr char kStep = '\2';
constexpr char kName = '\3';
constexpr char kNumber = '\4';
constexpr char kEnd = '\5';

std::string marked(char mark, std::uintptr_t what) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, what, 16).ptr;
  return mark + std::string(text, end) + kEnd;
}

/// Calls `replace(mark, number)` for each mark of a text, and puts what it returns in its place.
template <class F>
std::string replaced(std::string_view text, const F& replace) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < kLine || text[i] >= kEnd) {
      result += text[i];
      continue;
    }
    const std::size_t end = text.find(kEnd, i);
    std::uintptr_t number = 0;
    std::from_chars(text.data() + i + 1, text.data() + end, number, 16);
    result += replace(text[i], number);
    i = end;
  }
  return result;
}

}  // namespace

std::string at(const void* code) {
  return code ? marked(kLine, reinterpret_cast<std::uintptr_t>(code)) : "";
}
std::string step_of(std::uint32_t event) {
  return event == 0 ? "" : marked(kStep, event);
}
std::string step_number(std::uint32_t event) {
  return marked(kNumber, event);
}
std::string name_of(const void* address) {
  return marked(kName, reinterpret_cast<std::uintptr_t>(address));
}
std::string without_marks(std::string_view text) {
  return replaced(text, [](char mark, std::uintptr_t) { return mark == kName ? "memory" : ""; });
}

std::string lane_name(std::size_t thread) {
  return thread == 0 ? "main" : "thread " + std::to_string(thread);
}

void Recorder::begin(explorer::Recording* recording) {
  recording_ = recording;
  rows_.clear();
  first_code_.clear();
  about_events_.clear();
  kept_ = recording ? about_ : 0;
  kept_size_ = recording ? about_size_ : 0;
  about_ = about_size_ = 0;
  lane_ = 0;
  switched_.clear();
  if (recording) *recording = {};
}

/// The value that was written is seen only after the write: when the next thing happens.
void Recorder::look_at_last_value() {
  if (rows_.empty()) return;
  Row& row = rows_.back();
  if (!row.writes || row.size > 8) return;
  std::uint64_t value = 0;
  std::memcpy(&value, row.address, row.size);
  row.value = shown_value(value);
}

std::string shown_value(std::uint64_t value) {
  if (value < std::uint64_t{1} << 32U) return std::to_string(value);
  if (value > ~(std::uint64_t{1} << 32U)) return std::to_string(static_cast<std::int64_t>(value));
  char text[20];
  return "0x" + std::string(text, std::to_chars(text, text + sizeof text, value, 16).ptr);
}

void Recorder::note_lane(const Threads& threads) {
  const std::size_t before = std::exchange(lane_, threads.running());
  if (before != lane_) switched_ = threads.why_stopped(before);
}

Recorder::Row& Recorder::add(const Threads& threads, const void* code, std::uint32_t event,
                             const void* address) {
  look_at_last_value();
  note_lane(threads);
  if (address) first_code_.try_emplace(address, code);
  return rows_.emplace_back(Row{lane_, code, event, "", std::exchange(switched_, ""), address, 0, false, ""});
}

void Recorder::operation(const Threads& threads, const void* code, std::uint32_t event, std::string text,
                         const void* address) {
  if (on()) add(threads, code, event, address).text = std::move(text);
}

void Recorder::wrote(std::string value) {
  if (on()) rows_.back().value = std::move(value);
}

void Recorder::access(const Threads& threads, const void* code, std::uint32_t event, Access::Kind kind,
                      const void* address, std::size_t size) {
  if (!on()) return;
  if (!keeps(address, size)) return note_lane(threads);
  Row& row = add(threads, code, event, address);
  const char* const verb = kind == Access::Kind::read    ? "reads "
                           : kind == Access::Kind::write ? "writes "
                                                         : "frees ";
  row.text = verb + std::to_string(size) + (size == 1 ? " byte" : " bytes");
  row.size = size;
  row.writes = kind == Access::Kind::write;
}

void Recorder::note(const char* name, std::int64_t value) {
  if (!on()) return;
  auto& all = recording_->series;
  auto series = std::ranges::find(all, name, &explorer::Recording::Series::name);
  if (series == all.end()) series = all.insert(all.end(), {name, {}});
  series->values.emplace_back(static_cast<std::int64_t>(rows_.size()), value);
}

void Recorder::about(std::vector<std::uint32_t> events, const void* address, std::size_t size) {
  about_events_ = std::move(events);
  about_ = reinterpret_cast<std::uintptr_t>(address);
  about_size_ = size;
}

bool Recorder::shown(const Row& row) const {
  if (row.size == 0) return true;
  const auto address = reinterpret_cast<std::uintptr_t>(row.address);
  return (address < about_ + about_size_ && about_ < address + row.size) ||
         std::ranges::find(about_events_, row.event) != about_events_.end();
}

std::string Recorder::variable(const void* address) const {
  if (!lines_) return "";
  const auto first = first_code_.find(address);
  return lines_->variable(address, first == first_code_.end() ? nullptr : first->second);
}

std::string Recorder::resolved(char mark, std::uintptr_t what) const {
  if (mark == kStep || mark == kNumber) {
    const auto row = std::ranges::find(rows_, what, &Row::event);
    if (row == rows_.end() || row->step == SIZE_MAX) return "";
    return mark == kStep ? " (step " + std::to_string(row->step) + ")"
                         : ", step " + std::to_string(row->step);
  }
  const auto* const address = reinterpret_cast<const void*>(what);
  if (mark == kName) {
    const std::string name = variable(address);
    return name.empty() ? "memory" : name;
  }
  const auto line = lines_ ? lines_->line(address) : std::nullopt;
  return line ? " at " + line->place : "";
}

std::string Recorder::resolved(std::string_view text) const {
  return replaced(text, [this](char mark, std::uintptr_t what) { return resolved(mark, what); });
}

std::string Recorder::finish(const Threads& threads, std::string_view finding) {
  if (!on()) return without_marks(finding);
  // A write that broke something was not done any more.
  const bool broke =
      !rows_.empty() && std::ranges::find(about_events_, rows_.back().event) != about_events_.end();
  if (!broke) look_at_last_value();
  std::vector<std::size_t> times;  // of each row
  std::size_t steps = 0;
  for (Row& row : rows_) {
    times.push_back(steps);
    if (shown(row)) row.step = steps++;
  }
  for (auto& series : recording_->series)
    for (auto& [time, value] : series.values) {
      const auto row = static_cast<std::size_t>(time);
      time = static_cast<std::int64_t>(row < times.size() ? times[row] : steps);
    }
  std::string switched;
  for (const Row& row : rows_) {
    if (!row.switched.empty()) switched = row.switched;
    if (row.step == SIZE_MAX) continue;
    const auto line = lines_ ? lines_->line(row.code) : std::nullopt;
    auto& step = recording_->steps.emplace_back();
    step = {.lane = row.lane,
            .time = static_cast<std::int64_t>(row.step),
            .place = line ? line->place : "",
            .source = line ? line->text : "",
            .operation = resolved(row.text),
            .switched = resolved(std::exchange(switched, "")),
            .values = {}};
    if (row.value.empty()) continue;
    if (row.writes) step.operation += ": " + row.value;
    if (const std::string name = variable(row.address); !name.empty())
      step.values.emplace_back(name, row.value);
  }
  for (std::size_t i = 0; i < threads.count(); ++i) recording_->lanes.push_back(lane_name(i));
  for (const std::uint32_t event : about_events_) {
    const auto row = std::ranges::find(rows_, event, &Row::event);
    if (row != rows_.end() && row->step != SIZE_MAX) recording_->broken_at.push_back(row->step);
  }
  std::ranges::sort(recording_->broken_at);
  recording_->finding = resolved(finding);
  return recording_->finding;
}

}  // namespace corokit::model
