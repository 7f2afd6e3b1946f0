#include "search.hpp"

#include "recording_json.hpp"
#include "strategies.hpp"
#include "table.hpp"
#include "timeline.hpp"

#include <unistd.h>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

namespace corokit::explorer {
namespace {

constexpr std::uint64_t kShrinking = 5'000;  // the most schedules that are played to make one short

std::string plural(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// Returns: a recording as text: its table, and of tasks also the timeline, if time has passed.
std::string draw(const Recording& recording) {
  const bool has_times =
      recording.in_virtual_time && !recording.spans.empty() && recording.spans.back().end > 0;
  return draw_table(recording) + (has_times ? "\n" + draw_timeline(recording) : "");
}

/// Shows on a terminal that a search goes on, once it takes more than a second.
class Progress {
 public:
  ~Progress() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  void show(std::uint64_t schedules) {
    if (schedules % 64 != 0 || !terminal_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(200);
    shown_ = true;
    std::fprintf(stderr, "\r%llu schedules played", static_cast<unsigned long long>(schedules));
  }

 private:
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  bool shown_ = false;
};

class Searcher {
 public:
  Searcher(const Options& options, const Play& play) : options_(options), play_(play) {}

  Report run() {
    if (!options_.replay.empty()) return replay();
    std::vector<std::string> parts;
    bool found = false;
    switch (options_.search) {
      case Search::depth_first:
        found = depth_first(options_.schedules, parts);
        must_be_exhausted_ = true;
        break;
      case Search::pct:
        found = pct(options_.schedules, parts);
        break;
      case Search::random:
        found = random(options_.schedules, parts);
        break;
      case Search::thorough:
        found = depth_first(options_.schedules - options_.schedules / 2, parts);
        if (found || report_.exhausted) break;
        const std::uint64_t left = options_.schedules - report_.schedules;
        found = pct(left - left / 2, parts) || random(left / 2, parts);
    }
    for (const std::string& part : parts) report_.coverage += (report_.coverage.empty() ? "" : "; ") + part;
    if (found)
      report_failure();
    else
      report_missed();
    return std::move(report_);
  }

 private:
  /// Plays schedules. Returns: whether one of them failed.
  bool play_some(Strategy& strategy, std::uint64_t schedules) {
    Choices choices(strategy);
    for (std::uint64_t i = 0; i < schedules; ++i) {
      if (i != 0 && !choices.advance()) return false;
      ++report_.schedules;
      progress_.show(report_.schedules);
      Played played = play_(choices, nullptr);
      for (std::string& goal : played.reached) reached_.insert(std::move(goal));
      for (std::string& goal : played.missed) missed_.insert(std::move(goal));
      if (played.failure.empty()) continue;
      failed_ = choices.deviations();
      last_failed_ = failed_;
      failure_ = std::move(played.failure);
      return true;
    }
    choices.advance();  // whether there is another one
    return false;
  }

  bool depth_first(std::uint64_t schedules, std::vector<std::string>& parts) {
    DepthFirst strategy({options_.preemptions, options_.stale_loads, options_.spurious_wakes});
    const bool found = play_some(strategy, schedules);
    if (strategy.diverged())
      failure_ = "the program is not deterministic: the same choices led elsewhere\n" + failure_;
    const auto done = strategy.exhausted();
    report_.exhausted = !found && strategy.ended();
    if (report_.exhausted)
      parts.push_back(strategy.complete() && strategy.schedules() == 1
                          ? "the only schedule that there is"
                          : "all " + plural(strategy.schedules(), "schedule") +
                                (strategy.complete() ? std::string(" that there are") : within(*done)));
    else
      parts.push_back(plural(report_.schedules, "schedule") + " depth first" +
                      (done ? ": all" + within(*done) + ", and some with more" : ""));
    return found || strategy.diverged();
  }

  bool pct(std::uint64_t schedules, std::vector<std::string>& parts) {
    Pct strategy(options_.seed, options_.depth);
    const std::uint64_t before = report_.schedules;
    const bool found = play_some(strategy, schedules);
    parts.push_back(plural(report_.schedules - before, "schedule") + " of PCT with depth " +
                    std::to_string(options_.depth) + " (seed " + std::to_string(options_.seed) + ")");
    return found;
  }

  bool random(std::uint64_t schedules, std::vector<std::string>& parts) {
    Random strategy(options_.seed);
    const std::uint64_t before = report_.schedules;
    const bool found = play_some(strategy, schedules);
    parts.push_back(plural(report_.schedules - before, "schedule") + " at random (seed " +
                    std::to_string(options_.seed) + ")");
    return found;
  }

  std::string within(const Bounds& bounds) const {
    std::string text = " with at most " + plural(bounds.preemptions, "preemption");
    if (bounds.stale_loads != 0) text += ", " + plural(bounds.stale_loads, "stale load");
    if (bounds.spurious_wakes != 0) text += ", " + plural(bounds.spurious_wakes, "spurious wake-up");
    return text;
  }

  struct Again {
    Played played;
    Deviations schedule;  // without the deviations that the program did not come to
    Recording recording;
  };

  Played play_once(const Deviations& schedule) {
    Replay strategy(schedule);
    Choices choices(strategy);
    Played played = play_(choices, nullptr);
    last_failed_.reset();
    if (!played.failure.empty()) last_failed_ = schedule;
    return played;
  }

  /// Plays a schedule, and then writes it down: what it comes to tells what is of interest on the way.
  Again play_again(const Deviations& schedule) {
    Again again;
    if (last_failed_ != schedule) play_once(schedule);
    Replay strategy(schedule);
    Choices choices(strategy);
    again.played = play_(choices, &again.recording);
    again.schedule = choices.deviations();
    again.recording.test = options_.name;
    again.recording.token = token(again.schedule);
    again.recording.finding = again.played.failure;
    return again;
  }

  Deviations shortest() {
    std::uint64_t plays = 0;
    return shrink(failed_, [&](const Deviations& schedule) {
      if (++plays > kShrinking) return false;
      return !play_once(schedule).failure.empty();
    });
  }

  void report_failure() {
    const Again again = play_again(shortest());
    const Again once_more = play_again(again.schedule);
    report_.token = again.recording.token;
    report_.failure = again.played.failure;
    if (report_.failure.empty())
      report_.failure =
          "the program is not deterministic: a schedule failed once, and not again: " + failure_;
    else if (once_more.played.failure != again.played.failure ||
             draw(once_more.recording) != draw(again.recording))
      report_.failure =
          "the program is not deterministic: the same schedule went differently\n" + report_.failure;
    report_.failure += "\nfound in schedule " + std::to_string(report_.schedules) + "; its token is " +
                       report_.token + "\n" + draw(again.recording);
    record(again.recording);
  }

  void report_missed() {
    if (must_be_exhausted_ && !report_.exhausted)
      report_.failure += "the budget is too small to play all schedules" +
                         within({options_.preemptions, options_.stale_loads, options_.spurious_wakes}) +
                         ": " + report_.coverage + "\n";
    for (const std::string& goal : options_.must_reach) missed_.insert(goal);
    for (const std::string& goal : missed_)
      if (!reached_.contains(goal))
        report_.failure += "never reached in " + report_.coverage + ": " + goal + "\n";
  }

  Report replay() {
    const auto schedule = parse_token(options_.replay);
    if (!schedule) {
      report_.failure = "\"" + options_.replay + "\" is no schedule: a token looks like 4.1-17.2, or is 0";
      return std::move(report_);
    }
    const Again again = play_again(*schedule);
    report_.schedules = 1;
    report_.coverage = "schedule " + again.recording.token;
    report_.token = again.recording.token;
    report_.failure = again.played.failure;
    const std::string drawn = draw(again.recording);
    if (report_.failure.empty())
      report_.coverage += "\n" + drawn;
    else
      report_.failure += "\n" + drawn;
    record(again.recording);
    return std::move(report_);
  }

  void record(const Recording& recording) {
    if (options_.record.empty()) return;
    std::ofstream file(options_.record);
    file << to_json(recording) << std::flush;
    if (!file) report_.failure += "\nthe recording could not be written to " + options_.record;
  }

  const Options& options_;
  const Play& play_;
  Report report_;
  Progress progress_;
  std::set<std::string> reached_;
  std::set<std::string> missed_;
  Deviations failed_;
  std::optional<Deviations> last_failed_;  // that was played last and not written down, if it failed
  std::string failure_;
  bool must_be_exhausted_ = false;
};

}  // namespace

Report search(const Options& options, const Play& play) {
  return Searcher(options, play).run();
}

}  // namespace corokit::explorer
