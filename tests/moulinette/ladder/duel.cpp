#include "ladder/duel.hpp"

#include "output/style.hpp"
#include "running/received.hpp"
#include "whole_file.hpp"

#include <simulation/recording.hpp>
#include <simulation/table.hpp>

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kRows = 14;     // of the schedule that are shown, the last ones
constexpr std::size_t kOptions = 20;  // that are listed

/// Returns: what is typed to choose an option: the number of its thread, 0 for main; else its place, from 1.
std::string key_of(const Json& option, std::size_t place) {
  const std::string thread = text_of(option, "thread");
  if (thread.empty()) return std::to_string(place + 1);
  return thread.starts_with("thread ") ? thread.substr(thread.find(' ') + 1) : "0";
}

/// The schedule without its first steps, if it is long.
explorer::Recording last_steps(explorer::Recording recording) {
  if (recording.steps.size() <= kRows) return recording;
  const std::size_t left_out = recording.steps.size() - kRows;
  recording.steps.erase(recording.steps.begin(),
                        recording.steps.begin() + static_cast<std::ptrdiff_t>(left_out));
  recording.left_out += left_out;
  recording.left_out_at = 0;
  std::erase_if(recording.broken_at, [left_out](std::size_t place) { return place < left_out; });
  for (std::size_t& place : recording.broken_at) place -= left_out;
  return recording;
}

}  // namespace

std::size_t count_of_moves(const std::vector<std::size_t>& moves) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(moves, [](std::size_t move) { return move != 0; }));
}

Duel::Duel(DuelSubject subject, RungProgram program, const TestSpec& test, const Interrupt& interrupt)
    : subject_(std::move(subject)), program_(std::move(program)), test_(test), interrupt_(interrupt) {
  play();
}

std::size_t Duel::count() const noexcept {
  return count_of_moves(moves_);
}

void Duel::play() {
  now_ = play_moves(program_, test_, subject_.part, moves_, interrupt_);
  won_ = won_ || (text_of(now_, "outcome") == "failed" && !gave_up_);
}

bool Duel::obey(std::string_view line) {
  message_.clear();
  if (line == "q") return false;
  if (line == "f") {
    message_ = read_file(subject_.file);
  } else if (line == "g") {
    gave_up_ = !won_;
    moves_ = subject_.par;
    play();
    return false;
  } else if (line == "b" || line == "n") {
    if (line == "n") moves_.clear();
    if (!moves_.empty()) moves_.pop_back();
    play();
  } else if (text_of(now_, "outcome") == "open") {
    const Json all = now_.value("options", Json::array());
    std::size_t chosen = 0;
    std::string keys;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (key_of(all[i], i) == line) chosen = i;
      keys += (keys.empty() ? "" : ", ") + key_of(all[i], i);
    }
    if (!line.empty() && key_of(all[chosen], chosen) != line) {
      message_ = fmt::format("\"{}\" is no move: choose one of {}, or b, n, f, g, q.\n", line, keys);
      return true;
    }
    moves_.push_back(chosen);
    play();
  }
  return !won_;
}

std::string Duel::options(const OutputOptions& output) const {
  const Style style(output.colour);
  const Json all = now_.value("options", Json::array());
  const std::string about = text_of(now_, "about");
  std::string text = style.strong(about == "thread"  ? "Who goes on?"
                                  : about == "value" ? "Which value does the load see?"
                                                     : "Which number does the program choose?") +
                     "\n";
  for (std::size_t i = 0; i < std::min(all.size(), kOptions); ++i) {
    std::string what = text_of(all[i], "thread");
    if (what.empty()) what = text_of(all[i], "value");
    if (what.empty() && all[i].contains("number")) what = all[i]["number"].dump();
    const std::string place = text_of(all[i], "place");
    text += fmt::format("  {} {}{}\n", style.strong(key_of(all[i], i)), what,
                        place.empty() ? "" : fmt::format(": {}  {}", place, text_of(all[i], "source")));
  }
  if (all.size() > kOptions) text += fmt::format("  … and so on, up to {}\n", all.size());
  return text;
}

std::string Duel::ending() const {
  const std::string fewest = fmt::format("The fewest moves are {}.", count_of_moves(subject_.par));
  const std::string what = fmt::format("The wrong solution was {}: {}\nWhat makes it plausible: {}\n",
                                       subject_.mutant, subject_.header.wrong, subject_.header.plausible);
  if (gave_up_) return fmt::format("That is how it breaks. {}\n{}", fewest, what);
  return fmt::format("You have won, with {} move{} against the default. {}\n{}", count(),
                     count() == 1 ? "" : "s", fewest, what);
}

std::string Duel::text(const OutputOptions& output) const {
  std::string text =
      fmt::format("{}: {}\nThe wrong solution: {}\n\n", subject_.rung, subject_.checks, subject_.file);
  if (const auto recording = recording_of(now_); recording && !recording->steps.empty()) {
    explorer::Recording shown = last_steps(*recording);
    if (text_of(now_, "outcome") == "open") shown.finding.clear();
    text += explorer::draw_table(shown, {.width = output.width, .colour = output.colour}) + "\n";
  }
  if (won_ || gave_up_) return text + ending();
  if (text_of(now_, "outcome") == "open")
    text += options(output);
  else
    text += "The schedule has ended, and nothing broke: b goes back, n begins anew.\n";
  return text + message_;
}

}  // namespace corokit::moulinette
