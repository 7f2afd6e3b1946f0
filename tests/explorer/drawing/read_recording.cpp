#include "read_recording.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace corokit::explorer {

NLOHMANN_JSON_SERIALIZE_ENUM(Recording::State, {{Recording::State::ready, "ready"},
                                                {Recording::State::running, "running"},
                                                {Recording::State::waiting, "waiting"},
                                                {Recording::State::finished, "finished"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Recording::Step, lane, time, place, source, operation,
                                                switched, values, wakes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Recording::Span, lane, begin, end, state, what)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Recording::Series, name, values)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Recording, test, token, in_virtual_time, lanes, steps, spans,
                                                series, left_out, left_out_at, finding, broken_at)

namespace {

constexpr std::int64_t kLongest = std::int64_t{1} << 60;  // nanoseconds: 36 years

bool is_sound(const Recording& recording) {
  const auto is_time = [](std::int64_t time) { return time >= 0 && time <= kLongest; };
  const auto is_lane = [&](std::size_t lane) { return lane < recording.lanes.size(); };
  const auto is_step = [&](const Recording::Step& step) {
    return is_lane(step.lane) && is_time(step.time) && std::ranges::all_of(step.wakes, is_lane);
  };
  return std::ranges::all_of(recording.steps, is_step) &&
         std::ranges::all_of(recording.spans,
                             [&](const auto& span) {
                               return is_lane(span.lane) && is_time(span.begin) && is_time(span.end) &&
                                      span.begin <= span.end;
                             }) &&
         std::ranges::all_of(recording.series,
                             [&](const auto& series) {
                               return std::ranges::all_of(series.values, is_time,
                                                          [](const auto& v) { return v.first; });
                             }) &&
         std::ranges::all_of(recording.broken_at,
                             [&](std::size_t place) { return place < recording.steps.size(); }) &&
         recording.left_out_at <= recording.steps.size() &&
         recording.left_out <= static_cast<std::size_t>(kLongest);
}

}  // namespace

std::optional<Recording> read_recording(std::string_view json) {
  try {
    Recording recording = nlohmann::json::parse(json).get<Recording>();
    if (is_sound(recording)) return recording;
  } catch (const nlohmann::json::exception&) {  // not what to_json() writes
  }
  return std::nullopt;
}

}  // namespace corokit::explorer
