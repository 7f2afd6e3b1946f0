#include "running/replay.hpp"

#include "running/received.hpp"
#include "running/test_run.hpp"

#include <explorer/drawing/read_recording.hpp>
#include <simulation/choices.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <charconv>

namespace corokit::moulinette {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Returns: what comes before the next slash, which is taken off the text with it.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find('/'));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

void add_recorded(Replayed& replayed, const ReplayToken& token, const nlohmann::json& recorded) {
  if (!recorded.is_object()) return;
  const std::string moves = text_of(recorded, "schedule");
  if (explorer::parse_token(moves)) replayed.moves = moves;
  if (const auto choices = recorded.find("choices");
      choices != recorded.end() && choices->is_number_unsigned())
    replayed.choices = *choices;
  replayed.has_values = recorded.contains("has_values") && recorded["has_values"] == true;
  append_events(replayed.told, recorded, "moves");
  if (const auto recording = recorded.find("recording"); recording != recorded.end()) {
    auto read = explorer::read_recording(recording->dump());
    if (!read) return;
    read->test = token.exercise + ": " + token.part;
    read->token = ReplayToken{token.exercise, token.part, token.schedule, replayed.moves}.text();
    replayed.recording = std::make_shared<const explorer::Recording>(*std::move(read));
  }
}

}  // namespace

std::string ReplayToken::text() const {
  return fmt::format("{}/{}/{}{}{}", exercise, part, schedule, moves.empty() ? "" : "/", moves);
}

std::optional<ReplayToken> parse_replay_token(std::string_view text) {
  ReplayToken token;
  token.exercise = take_word(text);
  token.part = take_word(text);
  const bool has_moves = text.find('/') != std::string_view::npos;
  const std::string_view number = take_word(text);
  token.moves = text;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), token.schedule);
  if (!is_name(token.exercise) || !is_name(token.part)) return {};
  if (error != std::errc() || end != number.data() + number.size() || token.schedule == 0) return {};
  if (has_moves && !explorer::parse_token(token.moves)) return {};
  return token;
}

Replayed replay(const TestProgram& program, const ReplayToken& token, const Interrupt& interrupt) {
  using std::chrono::milliseconds;
  TestOrder order{.arguments = {token.part, "--shrink", std::to_string(token.schedule)},
                  .part = std::min<milliseconds>(program.limits.schedule, milliseconds(250)),
                  .wall = milliseconds(5'000),
                  .report = 8U << 20U};
  if (!token.moves.empty()) {
    order.arguments[1] = "--replay";
    order.arguments.push_back(token.moves);
  }
  const TestEnded ended = run_test_process(program, order, interrupt);
  const TestSpec part{.name = token.part, .points = 0, .what = {}, .hints = {}, .parts = {}};
  const Schedules only{.only = token.schedule};
  const TestRun run = judge(ended.finished, ended.secret, part, only, program.limits);
  Replayed replayed{.outcome = run.outcome,
                    .message = run.message,
                    .moves = token.moves,
                    .choices = 0,
                    .told = {},
                    .timeline = run.timeline,
                    .recording = {}};
  add_recorded(replayed, token, read_lines(ended.finished.report, ended.secret, part, only).recorded);
  return replayed;
}

}  // namespace corokit::moulinette
