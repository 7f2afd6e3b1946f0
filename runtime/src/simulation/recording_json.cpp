#include "recording_json.hpp"

#include "terminal_text.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace corokit::explorer {
namespace {

void put_unit(std::string& json, unsigned unit) {
  std::array<char, 16> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04x", unit);
  json += escape.data();
}

std::string quoted(std::string_view text) {
  std::string json = "\"";
  while (!text.empty()) {
    const char32_t c = take_character(text);
    if (c >= 0x10000) {
      put_unit(json, static_cast<unsigned>(0xD800 + ((c - 0x10000) >> 10)));
      put_unit(json, static_cast<unsigned>(0xDC00 + ((c - 0x10000) & 0x3FF)));
    } else if (c < 0x20 || c > 0x7E || c == '<' || c == '"' || c == '\\') {
      put_unit(json, static_cast<unsigned>(c));
    } else {
      json += static_cast<char>(c);
    }
  }
  return json + '"';
}

std::string_view name_of(Recording::State state) {
  switch (state) {
    case Recording::State::ready:
      return "ready";
    case Recording::State::running:
      return "running";
    case Recording::State::waiting:
      return "waiting";
    case Recording::State::finished:
      return "finished";
  }
  return "";
}

template <class Range, class Write>
std::string list(const Range& range, std::string_view separator, const Write& write) {
  std::string json;
  for (const auto& item : range) {
    if (!json.empty()) json += separator;
    json += write(item);
  }
  return "[" + json + "]";
}

std::string as_text(std::size_t number) {
  return std::to_string(number);
}

std::string of(const Recording::Step& step) {
  return "{\"lane\":" + std::to_string(step.lane) + ",\"time\":" + std::to_string(step.time) +
         ",\"place\":" + quoted(step.place) + ",\"source\":" + quoted(step.source) +
         ",\"operation\":" + quoted(step.operation) + ",\"switched\":" + quoted(step.switched) +
         ",\"values\":" +
         list(
             step.values, ",",
             [](const auto& value) { return "[" + quoted(value.first) + "," + quoted(value.second) + "]"; }) +
         ",\"wakes\":" + list(step.wakes, ",", as_text) + "}";
}

std::string of(const Recording::Span& span) {
  return "{\"lane\":" + std::to_string(span.lane) + ",\"begin\":" + std::to_string(span.begin) +
         ",\"end\":" + std::to_string(span.end) + ",\"state\":\"" + std::string(name_of(span.state)) +
         "\",\"what\":" + quoted(span.what) + "}";
}

std::string of(const Recording::Series& series) {
  return "{\"name\":" + quoted(series.name) + ",\"values\":" +
         list(series.values, ",",
              [](const auto& value) {
                return "[" + std::to_string(value.first) + "," + std::to_string(value.second) + "]";
              }) +
         "}";
}

}  // namespace

std::string to_json(const Recording& recording) {
  const auto object = [](const auto& item) { return of(item); };
  return "{\"test\":" + quoted(recording.test) + ",\"token\":" + quoted(recording.token) +
         ",\"in_virtual_time\":" + (recording.in_virtual_time ? "true" : "false") +
         ",\n\"lanes\":" + list(recording.lanes, ",", quoted) +
         ",\n\"steps\":" + list(recording.steps, ",\n", object) +
         ",\n\"spans\":" + list(recording.spans, ",\n", object) +
         ",\n\"series\":" + list(recording.series, ",\n", object) +
         ",\n\"left_out\":" + std::to_string(recording.left_out) +
         ",\"left_out_at\":" + std::to_string(recording.left_out_at) +
         ",\"finding\":" + quoted(recording.finding) +
         ",\"broken_at\":" + list(recording.broken_at, ",", as_text) + "}";
}

}  // namespace corokit::explorer
