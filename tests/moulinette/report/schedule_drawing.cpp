#include "report/schedule_drawing.hpp"

#include "output/drawing_words.hpp"
#include "output/terminal_words.hpp"
#include "report/timeline_table.hpp"

#include <simulation/choices.hpp>
#include <simulation/recording.hpp>
#include <simulation/table.hpp>
#include <simulation/terminal_text.hpp>
#include <simulation/timeline.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <sstream>

namespace corokit::moulinette {
namespace {

using explorer::Recording;

constexpr std::size_t kMovesInWords = 20;  // more of them tell nothing

/// Cuts off what happens after a time that is much longer than all before it. Returns: when that time begins; -1 if there
/// is none.
std::int64_t cut_idle_end(Recording& recording) {
  constexpr std::int64_t kMuchLonger = 50;
  std::int64_t idle = -1;
  for (std::size_t i = 1; i < recording.steps.size() && idle < 0; ++i) {
    const std::int64_t before = recording.steps[i - 1].time;
    if (before > 0 && recording.steps[i].time - before > kMuchLonger * before) idle = before;
  }
  if (idle < 0) return idle;
  const auto is_later = [idle](const auto& item) { return item.time > idle; };
  std::erase_if(recording.steps, is_later);
  std::erase_if(recording.spans, [idle](const Recording::Span& span) { return span.begin > idle; });
  for (Recording::Span& span : recording.spans) span.end = std::min(span.end, idle);
  for (Recording::Series& series : recording.series)
    std::erase_if(series.values, [idle](const auto& value) { return value.first > idle; });
  std::erase_if(recording.broken_at, [&](std::size_t place) { return place >= recording.steps.size(); });
  recording.left_out_at = std::min(recording.left_out_at, recording.steps.size());
  return idle;
}

std::string indented(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) result += "  " + line + "\n";
  return result;
}

}  // namespace

std::string drawing(const explorer::Recording& recording, const OutputOptions& output, std::size_t rows) {
  if (!recording.in_virtual_time)
    return draw_table(recording, {.width = output.width, .colour = output.colour});
  Recording shown = recording;
  const std::int64_t end = recording.steps.empty() ? 0 : recording.steps.back().time;
  const std::int64_t idle = cut_idle_end(shown);
  std::string text = draw_timeline(
      shown,
      {.width = output.width, .rows = rows, .colour = output.colour, .say = drawing_words(output.language)});
  if (idle >= 0)
    text += TerminalWords(output.language)(
                "Nothing happens from {} to {}, when the schedule ends: that is not drawn.",
                explorer::time_text(idle), explorer::time_text(end)) +
            "\n";
  return text;
}

std::string moves_in_words(const Replayed& replayed, Language language) {
  const TerminalWords say(language);
  const auto moves = explorer::parse_token(replayed.moves);
  const std::size_t count = moves ? moves->size() : 0;
  if (count == 0)
    return say("none of {} choices matters: it is so where each task runs until it waits, oldest first",
               replayed.choices);
  if (count > kMovesInWords)
    return say("{} of {} choices matter, or fewer, which were not found soon", count, replayed.choices);
  return count == 1 ? say("{} of {} choices matters", count, replayed.choices)
                    : say("{} of {} choices matter", count, replayed.choices);
}

std::string schedule_drawing(const Replayed& replayed, const OutputOptions& output, std::size_t lines) {
  constexpr std::size_t kIndent = 2;
  std::string text;
  if (replayed.told.size() <= kMovesInWords)
    text += timeline_table(replayed.told, kMovesInWords, output.language);
  // One task that is alone does nothing worth seeing; one thread may use what it has freed.
  const auto& recording = replayed.recording;
  if (recording &&
      (recording->lanes.size() > 1 || (!recording->in_virtual_time && !recording->steps.empty()))) {
    OutputOptions narrower = output;
    narrower.width -= std::min(narrower.width, kIndent);
    text += "\n" + indented(drawing(*replayed.recording, narrower, lines));
  }
  if (!replayed.timeline.empty()) text += "\n" + timeline_table(replayed.timeline, lines, output.language);
  return text;
}

}  // namespace corokit::moulinette
