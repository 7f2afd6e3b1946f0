// What threads.hpp says of schedules that cannot go on.
#include <algorithm>

#include "recorder.hpp"
#include "threads.hpp"

namespace corokit::model {

void Threads::too_long() {
  const std::string where = lane_name(running_) + " goes on" + at(threads_[running_].code);
  if (last_news_ < max_steps_ / 2)
    fail("a livelock: " + where + ", and nothing new has happened in the last " +
         std::to_string(max_steps_ - last_news_) + " steps");
  fail("the program is too large: a schedule has more than " + std::to_string(max_steps_) + " steps, and " +
       where);
}

std::string Threads::waits_for(const Wait& wait) const {
  switch (wait.what) {
    case Wait::For::end_of_thread:
      return "for the end of " + lane_name(wait.thread);
    case Wait::For::lock:
      return wait.thread == kThreads
                 ? "for a lock"
                 : "for a lock that " + lane_name(wait.thread) + " has taken" + at(wait.holder_code);
    case Wait::For::condition:
      return "on a condition variable";
    case Wait::For::futex:
      return "for a notification";
    case Wait::For::sleep:
      return "for the time to pass";
  }
  return "";
}

std::string Threads::why_stopped(std::size_t number) const {
  const Thread& thread = threads_[number];
  if (thread.ended) return "has ended";
  if ((ready_ & (ThreadSet{1} << number)) == 0) return "waits " + waits_for(thread.wait);
  if ((spinning_ & (ThreadSet{1} << number)) != 0) return "spins";
  return "gives way";
}

/// Whether what a thread waits for has happened, as far as that can be known.
bool Threads::is_lost(std::size_t thread) const {
  const Wait& wait = threads_[thread].wait;
  if (wait.what == Wait::For::condition) return true;
  if (wait.what != Wait::For::futex) return false;
  return (wait.word && *wait.word != wait.value) || environment_.saw_what_others_change(thread) ||
         std::ranges::find(missed_, wait.on) != missed_.end();
}

void Threads::stuck() {
  std::string waiting;
  bool lost = false;
  for (std::size_t i = 0; i < count_; ++i) {
    if (threads_[i].ended) continue;
    const Wait& wait = threads_[i].wait;
    lost |= is_lost(i);
    waiting += (waiting.empty() ? "" : "; ") + lane_name(i) + " waits" + at(threads_[i].code) + " " +
               waits_for(wait);
  }
  fail((lost ? "a lost wake-up: nobody is left who could wake them: " : "a deadlock: ") + waiting);
}

}  // namespace corokit::model
