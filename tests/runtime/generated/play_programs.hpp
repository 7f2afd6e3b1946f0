#pragma once
#include <gtest/gtest.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <string>
#include <unordered_set>
#include <vector>

#include "explorer/explore.hpp"
#include "explorer/seam.hpp"
#include "linearize.hpp"
#include "message.hpp"
#include "primitive.hpp"
#include "programs.hpp"

namespace corokit::generated {

/// How much is played of a primitive.
struct Limits {
  /// With three threads, there is one preemption at most.
  model::Bounds bounds{.preemptions = 2, .stale_loads = 0};
  Order order = Order::real_time;
  /// After how many schedules no other program of four operations is begun, once some were played.
  std::uint64_t enough = 300'000;
  std::uint64_t seed = 1;
  /// Whether programs of four operations are played at all.
  bool large = true;
};

/// Limits under which loads may give old values. A thread may then act as if what another did had not happened yet.
inline const Limits kOldValues{.bounds = {.preemptions = 1, .stale_loads = 1}, .order = Order::program};

/// Plays the generated programs of a primitive on every schedule within bounds, and looks for an explanation of what
/// they did.
///
/// COROKIT_PROGRAM=NAME, with the name that a failure shows, plays that program alone, COROKIT_PROGRAMS=all all
/// programs of four operations.
template <class Subject, class Model>
class Played {
 public:
  Played(const Primitive<Subject, Model>& primitive, const Limits& limits)
      : primitive_(primitive), limits_(limits), programs_(make_programs(forms(), limits.seed)) {
    reached_.resize(primitive_.alphabet.size());
    const bool all = only_ || std::getenv("COROKIT_PROGRAMS");
    for (const auto* programs : {&programs_.small, &programs_.large}) {
      if (programs == &programs_.large && !limits_.large) break;
      for (const Program& program : *programs) {
        const bool some = played_ >= programs_.small.size() + kSome;
        if (schedules_ >= limits_.enough && some && !all) break;
        play(program);
        if (!failure_.empty()) return;
      }
    }
    if (!only_) {
      look_what_was_reached();
      print();
    } else if (schedules_ == 0) {
      failure_ = std::string("no program of ") + primitive_.name + " is called " + only_;
    }
  }

  /// Returns: success if there is an explanation for each schedule, all were played, and each form was reached.
  testing::AssertionResult result() const {
    return failure_.empty() ? testing::AssertionSuccess() : testing::AssertionFailure() << failure_;
  }

 private:
  static constexpr std::size_t kSome = 40;  // programs of four operations are played at least

  /// How often an operation waited for its end, and was dropped in each of its waits.
  struct Reached {
    std::uint64_t answered = 0;
    std::uint64_t waited = 0;
    std::uint64_t dropped = 0;
  };

  std::vector<Form> forms() const {
    std::vector<Form> forms;
    for (std::size_t i = 0; i < primitive_.alphabet.size(); ++i) {
      const auto& operation = primitive_.alphabet[i];
      forms.push_back({{i, Step::kNever}, operation.owner});
      for (int waits = 0; waits < operation.waits; ++waits) forms.push_back({{i, waits}, operation.owner});
    }
    return forms;
  }

  void play(const Program& program) {
    ++played_;
    explained_.clear();
    model::Bounds bounds = limits_.bounds;
    if (program.size() == kThreads) bounds.preemptions = std::min(bounds.preemptions, 1U);
    // The engine starts with the program's own thread, which plays the part of one of the threads. Each of them in turn,
    // so that no preemption is needed for any of them to come first.
    for (std::size_t first = 0; first < program.size() && failure_.empty(); ++first) {
      if (only_ && name(program, first) != only_) continue;
      const auto report = model::explore(bounds, [&] { play_once(program, first); });
      schedules_ += report.schedules;
      if (!report.failure.empty())
        failure_ = "COROKIT_PROGRAM='" + name(program, first) + "' COROKIT_EXPLORE_REPLAY=" + report.token +
                   " plays this again:\n" + report.failure;
      else if (!report.exhaustive && !std::getenv("COROKIT_EXPLORE_REPLAY"))
        failure_ =
            name(program, first) + ": only " + std::to_string(report.schedules) + " schedules were played";
    }
  }

  void play_once(const Program& program, std::size_t first) {
    Cast cast;
    Message::alive = 0;
    {
      Subject subject;
      std::deque<Player> players;
      for (std::size_t i = 0; i < program.size(); ++i) players.emplace_back(cast, i);
      std::vector<model::Thread> threads;
      bool all_started = false;
      bool one_was_early = false;
      for (Player& player : players) {
        if (player.number() == first || one_was_early) continue;
        threads.emplace_back([&] {
          if (all_started)
            play_thread(subject, player, program[player.number()], players[first]);
          else
            one_was_early = true;
        });
      }
      all_started = !one_was_early;
      if (all_started) play_thread(subject, players[first], program[first], players[first]);
      for (model::Thread& thread : threads) thread.join();
      if (one_was_early) return;  // the same as another schedule, in which it came first
      cast.players.clear();
      Player observer(cast, History::kObserver);
      observer.play({primitive_.observed_number(), Step::kNever},
                    [&] { return primitive_.observed.play(subject, observer); });
    }
    model::require(Message::alive == 0, "each message is destroyed once");
    judge(cast.history);
  }

  void play_thread(Subject& subject, Player& player, const std::vector<Step>& steps, Player& joins) const {
    for (const Step& step : steps)
      player.play(step, [&] { return primitive_.operation(step.operation).play(subject, player); });
    int left = primitive_.at_end.play ? 1 : 0;
    while (left > 0)
      left = player.play({primitive_.at_end_number(), Step::kNever},
                         [&] { return primitive_.at_end.play(subject, player); });
    player.done(joins);
  }

  void judge(const History& history) {
    std::string key;
    for (const auto& pieces : history.threads) {
      for (const Piece& piece : pieces) {
        for (const int part :
             {static_cast<int>(piece.kind), static_cast<int>(piece.operation), piece.from, piece.to})
          key += static_cast<char>(part);
        const int answer = piece.answer.value_or(-1);
        key.append(reinterpret_cast<const char*>(&answer), sizeof answer);
      }
      key += '|';
    }
    if (explained_.contains(key)) return;
    const std::string unexplained = "that the model explains this:\n" + drawn(history);
    model::require(Explanation(primitive_, history, limits_.order).exists(), unexplained.c_str());
    explained_.insert(std::move(key));
    for (const auto& pieces : history.threads)
      for (const Piece& piece : pieces)
        if (piece.operation < reached_.size()) note(piece, reached_[piece.operation]);
  }

  static void note(const Piece& piece, Reached& reached) {
    switch (piece.kind) {
      case Piece::Kind::call:
        ++(piece.answer ? reached.answered : reached.waited);
        break;
      case Piece::Kind::end:
        reached.answered += piece.answer.has_value();
        break;
      case Piece::Kind::drop:
        ++reached.dropped;
        break;
      case Piece::Kind::waits:
        break;
    }
  }

  void look_what_was_reached() {
    for (std::size_t i = 0; i < reached_.size(); ++i) {
      const Reached& reached = reached_[i];
      const bool waits = primitive_.alphabet[i].waits > 0;
      if (reached.answered == 0 || (reached.waited != 0) != waits || (reached.dropped != 0) != waits)
        failure_ = std::string(primitive_.alphabet[i].name) +
                   " never answered, never waited, was never dropped, or "
                   "waited although it must not";
    }
  }

  /// Returns: the steps of each thread, with a star before the thread that starts.
  std::string name(const Program& program, std::size_t first) const {
    std::string name;
    for (std::size_t thread = 0; thread < program.size(); ++thread) {
      name += thread == 0 ? "" : " | ";
      name += thread == first ? "*" : "";
      for (std::size_t i = 0; i < program[thread].size(); ++i) {
        const Step& step = program[thread][i];
        name += i == 0 ? "" : "; ";
        name += primitive_.alphabet[step.operation].name;
        if (step.dropped_after != Step::kNever)
          name += " dropped after " + std::to_string(step.dropped_after);
      }
    }
    return name;
  }

  std::string drawn(const History& history) const {
    std::vector<std::string> lines(static_cast<std::size_t>(history.clock));
    for (std::size_t thread = 0; thread < history.threads.size(); ++thread) {
      const std::string who =
          thread == History::kObserver ? "at the end: " : "thread " + std::to_string(thread) + ": ";
      for (const Piece& piece : history.threads[thread])
        lines[static_cast<std::size_t>(piece.from)] =
            "  " + std::to_string(piece.from) + " to " + std::to_string(piece.to) + "  " + who +
            primitive_.operation(piece.operation).name + what(piece) + "\n";
    }
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  }

  static std::string what(const Piece& piece) {
    switch (piece.kind) {
      case Piece::Kind::call:
        return piece.answer ? " answers " + std::to_string(*piece.answer) : " waits";
      case Piece::Kind::end:
        return piece.answer ? " ends with " + std::to_string(*piece.answer) : " waits again";
      case Piece::Kind::drop:
        return " is dropped";
      default:
        return " still waits, and nothing else happens";
    }
  }

  void print() const {
    const std::size_t large = played_ - std::min(played_, programs_.small.size());
    const model::Bounds& bounds = limits_.bounds;
    std::cout << "[ PROGRAMS ] " << primitive_.name << ": all " << programs_.small.size()
              << " of 2 or 3 operations, " << large << " of the " << programs_.large.size() << " of 4 (seed "
              << limits_.seed << "); " << schedules_ << " schedules, all within " << bounds.preemptions
              << " preemptions" << (bounds.preemptions > 1 ? " (1 with 3 threads)" : "") << " and "
              << bounds.stale_loads << " stale loads\n";
  }

  const Primitive<Subject, Model>& primitive_;
  const Limits limits_;
  const char* const only_ = std::getenv("COROKIT_PROGRAM");
  const Programs programs_;
  std::size_t played_ = 0;  // programs
  std::uint64_t schedules_ = 0;
  std::vector<Reached> reached_;
  std::unordered_set<std::string> explained_;
  std::string failure_;
};

/// Plays the generated programs of a primitive. Returns: success, or the first failure.
template <class Subject, class Model>
testing::AssertionResult every_program_is_explained(const Primitive<Subject, Model>& primitive,
                                                    const Limits& limits = {}) {
  return Played<Subject, Model>(primitive, limits).result();
}

}  // namespace corokit::generated
