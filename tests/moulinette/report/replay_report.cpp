#include "report/replay_report.hpp"

#include "output/style.hpp"
#include "output/terminal_words.hpp"
#include "report/schedule_drawing.hpp"
#include "running/outcome_words.hpp"
#include "running/run_messages.hpp"

#include <simulation/recording.hpp>
#include <simulation/recording_json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

Json events(const std::vector<TimelineEvent>& timeline) {
  Json list = Json::array();
  for (const TimelineEvent& event : timeline)
    list.push_back({{"nanoseconds", event.time.count()}, {"task", event.task}, {"event", event.event}});
  return list;
}

}  // namespace

std::string replay_report(const ReplayToken& token, const std::string& file, const Replayed& replayed,
                          const OutputOptions& output) {
  constexpr std::size_t kLines = 60;
  const Style style(output.colour);
  const TerminalWords say(output.language);
  std::string text = fmt::format("{}  {}\n\n", style.strong(token.text()), file);
  if (replayed.outcome == Outcome::passed)
    text += fmt::format("{} {}\n", style.strong(token.part), style.good(say("passes now in this schedule.")));
  else
    text += say("{}: {}",
                fmt::format("{} {}", style.strong(token.part),
                            style.bad(outcome_in(output.language, std::string(word(replayed.outcome))))),
                output.language == Language::french ? run_message_in_french(replayed.message)
                                                    : replayed.message) +
            "\n";
  text += say("Moves: {}", moves_in_words(replayed, output.language)) + "\n" +
          schedule_drawing(replayed, output, kLines);
  return text;
}

Json to_json(const ReplayToken& token, const std::string& file, const Replayed& replayed) {
  constexpr std::size_t kLines = 60;
  return {{"token", token.text()},
          {"implementation", file},
          {"passed", replayed.outcome == Outcome::passed},
          {"outcome", word(replayed.outcome)},
          {"message", replayed.message},
          {"moves", events(replayed.told)},
          {"choices", replayed.choices},
          {"timeline", events(replayed.timeline)},
          {"drawing", schedule_drawing(replayed, OutputOptions(), kLines)},
          {"recording", replayed.recording ? Json::parse(explorer::to_json(*replayed.recording)) : Json()}};
}

}  // namespace corokit::moulinette
