#include "threads.hpp"

#include <cxxabi.h>
#include <cstdlib>
#include <utility>

namespace corokit::model {
namespace {

constexpr std::uint64_t kRounds =
    2'000;  // of spinning without a change, for each thread, before it is a livelock

/// What the C++ runtime keeps for each thread (Itanium C++ ABI: Exception Handling, 2.2.2).
struct Exceptions {
  void* caught;
  unsigned uncaught;
};
Exceptions& exceptions() noexcept {
  return *reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
}

ThreadSet only(std::size_t thread) noexcept {
  return ThreadSet{1} << thread;
}
std::size_t lowest(ThreadSet set) noexcept {
  return static_cast<std::size_t>(std::countr_zero(set));
}
template <class F>
void for_each(ThreadSet set, const F& f) {
  for (; set != 0; set &= set - 1) f(lowest(set));
}
std::string name(std::size_t thread) {
  return thread == 0 ? "main" : "thread " + std::to_string(thread);
}

}  // namespace

std::string Threads::play(explorer::Choices& choices, std::uint64_t max_steps, void (*entry)(void*),
                          void* argument) {
  choices_ = &choices;
  max_steps_ = max_steps;
  steps_before_ += steps_ + 1;
  steps_ = rounds_ = last_news_ = 0;
  count_ = running_ = 0;
  ready_ = spinning_ = timed_ = early_ = 0;
  switch_is_free_ = false;
  missed_.clear();
  now_ = 0;
  failure_.clear();
  start(entry, argument);
  const Exceptions outer = std::exchange(exceptions(), {});
  outside_.switch_to(threads_[0].fiber);
  exceptions() = outer;
  for (std::size_t i = 0; i < count_; ++i)
    if (!threads_[i].ended) environment_.abandoned(i);
  return std::move(failure_);
}

void Threads::begin(void* threads) {
  auto& self = *static_cast<Threads*>(threads);
  const Thread& thread = self.threads_[self.running_];
  thread.entry(thread.argument);
  self.end_thread();
}

std::size_t Threads::start(void (*entry)(void*), void* argument) {
  if (count_ == kThreads)
    fail("the program is too large: it has more than " + std::to_string(kThreads) + " threads");
  const std::size_t number = count_++;
  Thread& thread = threads_[number];
  thread = Thread();
  thread.entry = entry;
  thread.argument = argument;
  if (number != 0) {
    thread.view.now = view().now;
    view().tick();
  }
  thread.view.thread = number;
  thread.view.tick();
  const auto [stack, size] = environment_.stack(number);
  thread.fiber.prepare(stack, size, &begin, this);
  ready_ |= only(number);
  return number;
}

void Threads::join(std::size_t thread, const void* code) {
  Thread& other = threads_[thread];
  if (!other.ended) {
    other.joined_by |= only(running_);
    wait({.what = Wait::For::end_of_thread, .thread = thread}, code);
  }
  view().now.join(other.view.now);
}

void Threads::end_thread() {
  Thread& self = threads_[running_];
  self.ended = true;
  ready_ &= ~only(running_);
  wake(self.joined_by);
  rounds_ = 0;
  if (running_ == 0) {
    for (std::size_t i = 0; i < count_; ++i)
      if (!threads_[i].ended && !threads_[i].detached) fail("the program ended before " + name(i));
    leave();
  }
  if (self.joined_by != 0) {
    switch_is_free_ = true;
    switch_to(lowest(self.joined_by));
  }
  give_way();
  std::abort();  // not reached
}

bool Threads::all_others_ended() const noexcept {
  for (std::size_t i = 0; i < count_; ++i)
    if (i != running_ && !threads_[i].ended) return false;
  return true;
}

void Threads::leave() {
  threads_[running_].fiber.switch_to(outside_);
  std::abort();  // not reached
}

void Threads::fail(std::string what) {
  failure_ = std::move(what);
  leave();
}

void Threads::switch_to(std::size_t thread) noexcept {
  if (thread == running_) return;
  const std::size_t from = std::exchange(running_, thread);
  environment_.switched(from, thread);
  const Exceptions own = exceptions();
  exceptions() = {};
  threads_[from].fiber.switch_to(threads_[thread].fiber);
  exceptions() = own;
}

void Threads::yield(const void* code) {
  quiet_point(code);
  const ThreadSet others = ready_ & ~spinning_ & ~only(running_);
  if ((others | early_) == 0) return;
  // It is as unusual that nobody else runs as that a thread is preempted.
  if (choices_->next(explorer::Kind::preemption, 2) == 0) run_able(explorer::Kind::order, others);
}

bool Threads::run_next(const void* code) {
  constexpr std::uint64_t kSteps = 1'000;  // as many of them is this worth
  steps_ += kSteps - 1;
  quiet_point(code);
  const ThreadSet others = ready_ & ~only(running_);
  if (others == 0) return false;
  const std::size_t next = next_after_running(others);
  spinning_ &= ~only(next);
  switch_to(next);
  return true;
}

/// The running thread comes first if it is among those that are able; then the others, then those whose deadline passes.
void Threads::run_able(explorer::Kind kind, ThreadSet able) {
  Candidates candidates;
  candidates.add(able & only(running_));
  candidates.add(able & ~only(running_));
  candidates.add(early_);
  const auto runner = [&](std::size_t i) { return candidates.threads[i]; };
  const std::size_t chosen = runner(choices_->next_runner(kind, candidates.count, runner));
  if ((early_ & only(chosen)) != 0) {
    threads_[chosen].early = candidates.count > 1;
    time_out(chosen);
  }
  switch_to(chosen);
}

std::size_t Threads::choose(explorer::Kind kind, ThreadSet set) {
  Candidates candidates;
  candidates.add(set);
  const auto runner = [&](std::size_t i) { return candidates.threads[i]; };
  return runner(choices_->next_runner(kind, candidates.count, runner));
}

void Threads::time_out(std::size_t thread) noexcept {
  Thread& late = threads_[thread];
  now_ = std::max(now_, late.wait.deadline);
  rounds_ = 0;
  late.timed_out = true;
  wake(only(thread));
}

void Threads::wake(ThreadSet threads) noexcept {
  ready_ |= threads;
  early_ &= ~threads;
}

void Threads::give_way() {
  for (;;) {
    if (const ThreadSet able = ready_ & ~spinning_; able != 0) return run_able(explorer::Kind::order, able);
    if (wake_timed()) continue;
    if (ready_ != 0) return run_next_spinner();
    stuck();
  }
}

/// Wakes one of those whose deadline is the next one: nobody else can go on. Returns: false if there is none.
bool Threads::wake_timed() {
  std::int64_t first = Wait::kNever;
  ThreadSet next = 0;
  for_each(timed_ & ~ready_, [&](std::size_t thread) {
    const std::int64_t deadline = threads_[thread].wait.deadline;
    if (deadline > first) return;
    next = deadline < first ? only(thread) : next | only(thread);
    first = deadline;
  });
  if (next == 0) return false;
  time_out(choose(explorer::Kind::order, next));
  return true;
}

std::size_t Threads::next_after_running(ThreadSet set) const noexcept {
  const ThreadSet later = set & ~((only(running_) << 1U) - 1);
  return lowest(later != 0 ? later : set);
}

/// All that can run spin, and see the newest values. They take turns, in one order: none changes what others see.
void Threads::run_next_spinner() {
  if (++rounds_ > kRounds * static_cast<std::uint64_t>(std::popcount(ready_))) {
    std::string spinners;
    for_each(ready_, [&](std::size_t thread) {
      spinners += (spinners.empty() ? "" : ", ") + name(thread) + " spins" + at(threads_[thread].code);
    });
    fail("a livelock: " + spinners + ", and nothing that they wait for can change any more");
  }
  const std::size_t next = next_after_running(ready_);
  spinning_ &= ~only(next);
  switch_to(next);
}

bool Threads::wait(const Wait& wait, const void* code) {
  Thread& self = threads_[running_];
  const ThreadSet me = only(running_);
  self.wait = wait;
  self.code = code;
  self.timed_out = self.early = false;
  self.waits_since = ++waits_;
  ready_ &= ~me;
  if (wait.deadline != Wait::kNever) timed_ |= me;
  if (wait.deadline != Wait::kNever && wait.may_be_early) early_ |= me;
  give_way();
  timed_ &= ~me;
  return !self.timed_out;
}

void Threads::missed(const void* on) {
  if (std::ranges::find(missed_, on) == missed_.end()) missed_.push_back(on);
}

ThreadSet Threads::waiting_on(const void* on) const noexcept {
  ThreadSet waiting = 0;
  for (std::size_t i = 0; i < count_; ++i)
    if (!threads_[i].ended && threads_[i].wait.on == on) waiting |= only(i);
  return waiting & ~ready_;
}

bool Threads::wake_one(const void* on, bool any) {
  const ThreadSet waiting = waiting_on(on);
  if (waiting == 0) return false;
  std::size_t woken = lowest(waiting);
  if (any) {
    woken = choose(explorer::Kind::order, waiting);
  } else {
    for_each(waiting, [&](std::size_t thread) {
      if (threads_[thread].waits_since < threads_[woken].waits_since) woken = thread;
    });
  }
  wake(only(woken));
  return true;
}

void Threads::wake_all(const void* on) {
  wake(waiting_on(on));
}

void Threads::spin(const void* const* watched, std::size_t count, const void* code) {
  Thread& self = threads_[running_];
  self.code = code;
  self.watches = count;
  for (std::size_t i = 0; i < count; ++i) self.watched[i] = watched[i];
  if (++steps_ > max_steps_) too_long();
  switch_is_free_ = false;
  spinning_ |= only(running_);
  give_way();
  spinning_ &= ~only(running_);
}

void Threads::wake_spinners(const void* address) noexcept {
  for_each(spinning_, [&](std::size_t thread) {
    const Thread& spinner = threads_[thread];
    bool watches = spinner.watches == 0;
    for (std::size_t i = 0; i < spinner.watches; ++i) watches |= spinner.watched[i] == address;
    if (watches) spinning_ &= ~only(thread);
  });
}

}  // namespace corokit::model
