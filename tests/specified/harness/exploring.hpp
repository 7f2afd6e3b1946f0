#pragma once
// Included by main.cpp only, as channel.hpp is.
#include "channel.hpp"
#include "playing.hpp"

#include "simulation/strategies.hpp"

#include <cstdio>

namespace corokit::specified {
namespace {

const explorer::Choices* explored = nullptr;  // of the part that is explored

/// Plays the schedules of a part depth first, with the numbers of the subject.
void explore_part(const std::string& part, Body body) {
  constexpr std::uint64_t kBudget = 15'000;  // in choices
  explorer::DepthFirst strategy({.preemptions = 2});
  explorer::Choices choices(strategy);
  explored = &choices;
  std::uint64_t played = 0;
  std::uint64_t made = 0;
  do {
    limit_processor_time(channel::milliseconds_of_part);
    explorer::Goals goals;
    explorer::Schedule schedule(choices, goals);
    schedule.ends_all = false;
    Check check(1, schedule);
    play_part(body, check);
    ++played;
    made += choices.place();
  } while (choices.advance() && made < kBudget);
  explored = nullptr;
  const auto exhausted = strategy.exhausted();
  const auto boolean = [](bool value) { return value ? "true" : "false"; };
  std::string json = " {\"explored\":";
  channel::append_quoted(json, part);
  json += ",\"schedules\":" + std::to_string(strategy.ended() ? strategy.schedules() : played);
  json += ",\"all_with_preemptions\":" + (exhausted ? std::to_string(exhausted->preemptions) : "null");
  json += std::string(",\"ended\":") + boolean(strategy.ended()) + ",\"all\":" + boolean(strategy.complete());
  json += std::string(",\"diverged\":") + boolean(strategy.diverged()) + "}\n";
  channel::connected() ? channel::write_line(json) : static_cast<void>(std::fputs(json.c_str(), stdout));
}

}  // namespace
}  // namespace corokit::specified
