#pragma once
#include "clocks.hpp"
#include "fiber.hpp"

#include "simulation/choices.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace corokit::model {

/// A set of threads, by number.
using ThreadSet = std::uint32_t;
static_assert(kThreads <= 32);

/// Returns: a place in the text of a finding, which tells the line of `code` once the text is reported.
std::string at(const void* code);

/// What a thread waits for.
struct Wait {
  enum class For : std::uint8_t { end_of_thread, lock, condition, futex, sleep };
  static constexpr std::int64_t kNever = INT64_MAX;

  For what = For::end_of_thread;
  const void* on = nullptr;  // the lock, the condition variable, the word
  std::size_t thread =
      kThreads;  // whose end it waits for, or who holds the lock; kThreads: nobody in particular
  const void* holder_code = nullptr;    // where the lock was taken
  const std::uint32_t* word = nullptr;  // of a futex: it held `value`
  std::uint32_t value = 0;
  std::int64_t deadline = kNever;  // virtual time
  bool may_be_early = true;        // whether the deadline may pass while others could still go on
};

/// What the program that is explored has beside the stacks of its threads.
class Environment {
 public:
  virtual ~Environment() = default;
  struct Stack {
    void* begin;
    std::size_t size;
  };
  virtual Stack stack(std::size_t thread) = 0;
  /// Is told that another thread runs: what belongs to one of them has to be exchanged.
  virtual void switched(std::size_t from, std::size_t to) noexcept = 0;
  /// Returns: whether another thread has changed something that the thread looked at before it waited.
  virtual bool saw_what_others_change(std::size_t /*thread*/) { return false; }
  /// Is told that the stack of a thread which did not end is not used any more.
  virtual void abandoned(std::size_t /*thread*/) {}
};

/// The threads of one schedule: fibers, of which one runs at a time.
class Threads {
 public:
  explicit Threads(Environment& environment) noexcept : environment_(environment) {}

  /// Plays a schedule: calls `entry(argument)` as thread 0, until all threads have ended or one has failed.
  /// Returns: what broke; empty if nothing did.
  std::string play(explorer::Choices& choices, std::uint64_t max_steps, void (*entry)(void*), void* argument);

  /// Returns: the number of the new thread. Fails the schedule if there are too many.
  std::size_t start(void (*entry)(void*), void* argument);
  void join(std::size_t thread, const void* code);
  bool ended(std::size_t thread) const noexcept { return threads_[thread].ended; }
  bool others_are_able() const noexcept {
    return (((ready_ & ~spinning_) | early_) & ~(ThreadSet{1} << running_)) != 0;
  }
  bool all_others_ended() const noexcept;
  void detach(std::size_t thread) noexcept { threads_[thread].detached = true; }
  std::size_t running() const noexcept { return running_; }
  /// Returns: where in the program a thread is; null if it has not begun.
  const void* place(std::size_t thread) const noexcept { return threads_[thread].code; }
  std::size_t count() const noexcept { return count_; }
  ThreadView& view() noexcept { return threads_[running_].view; }
  /// Returns: the number of points of all schedules.
  std::uint64_t all_steps() const noexcept { return steps_before_ + steps_; }
  explorer::Choices& choices() noexcept { return *choices_; }

  /// Another thread may go on here, before the running one does what it does at `code`.
  void point(const void* code) {
    const bool free = switch_is_free_;
    quiet_point(code);
    if (const ThreadSet able = (ready_ & ~spinning_) | early_; (able & (able - 1)) != 0)
      run_able(free ? explorer::Kind::order : explorer::Kind::preemption, ready_ & ~spinning_);
  }
  /// The same where it is known that whoever runs makes no difference.
  void quiet_point(const void* code) {
    threads_[running_].code = code;
    switch_is_free_ = false;
    if (++steps_ > max_steps_) too_long();
  }
  /// The same, but the others come first.
  void yield(const void* code);
  /// The running thread goes on without a point: the next one in turn runs. Returns: false if there is none.
  bool run_next(const void* code);
  /// Waits until another thread wakes those that wait on `wait.on`, or until the deadline. Returns: false if that came
  /// first.
  bool wait(const Wait& wait, const void* code);
  /// Returns: whether the last wait of the running thread ended by its deadline although others could go on.
  bool was_early() const noexcept { return threads_[running_].early; }
  /// Wakes the thread that has waited longest on `on`; with `any`, one that is chosen. Returns: false if there is none.
  bool wake_one(const void* on, bool any = false);
  void wake_all(const void* on);
  /// Notes that nobody waited on `on` when somebody was to be woken.
  void missed(const void* on);

  /// The running thread has found nothing new. It goes on when `changed()` is called for something that it watches, or
  /// when nobody else can: if that goes on for long, it is a livelock.
  /// `watched`: addresses, at most kWatched; none stands for all.
  void spin(const void* const* watched, std::size_t count, const void* code);
  static constexpr std::size_t kWatched = 8;
  void changed(const void* address) noexcept {
    rounds_ = 0;
    if (spinning_ != 0) wake_spinners(address);
  }

  /// Notes what the running thread sees or does at its last point, so that it is known when nothing new happens any more.
  void sees(const void* address, std::uint64_t value) noexcept {
    const auto mixed = (reinterpret_cast<std::uintptr_t>(threads_[running_].code) ^
                        reinterpret_cast<std::uintptr_t>(address) << 7U ^ value << 13U ^ running_ << 3U ^
                        steps_before_ << 20U) *
                       0x9e3779b97f4a7c15U;
    std::uint32_t& seen = seen_[mixed >> 50U];
    if (seen == static_cast<std::uint32_t>(mixed)) return;
    seen = static_cast<std::uint32_t>(mixed);
    last_news_ = steps_;
  }

  std::int64_t now() const noexcept { return now_; }
  void advance(std::int64_t nanoseconds) noexcept { now_ += nanoseconds; }

  /// Ends the schedule: `what` broke.
  [[noreturn]] void fail(std::string what);

  /// Returns: why `thread` does not run any more, in words: "thread 1 waits for the lock that thread 0 holds".
  std::string why_stopped(std::size_t thread) const;

 private:
  struct Thread {
    Fiber fiber;
    ThreadView view;
    void (*entry)(void*) = nullptr;
    void* argument = nullptr;
    Wait wait;
    const void* code = nullptr;  // where it is
    std::array<const void*, kWatched> watched{};
    std::size_t watches = 0;  // 0: all
    std::uint64_t waits_since = 0;
    ThreadSet joined_by = 0;
    bool started = false;
    bool ended = false;
    bool detached = false;
    bool timed_out = false;
    bool early = false;
  };

  void give_way();
  /// Those among whom a choice is made, in the order of the choices.
  struct Candidates {
    std::array<std::uint8_t, kThreads> threads;
    std::size_t count = 0;
    void add(ThreadSet set) noexcept {
      for (; set != 0; set &= set - 1) threads[count++] = static_cast<std::uint8_t>(std::countr_zero(set));
    }
  };
  void run_able(explorer::Kind kind, ThreadSet able);
  std::size_t choose(explorer::Kind kind, ThreadSet set);
  void time_out(std::size_t thread) noexcept;
  bool wake_timed();
  void wake(ThreadSet threads) noexcept;
  ThreadSet waiting_on(const void* on) const noexcept;
  void run_next_spinner();
  std::size_t next_after_running(ThreadSet set) const noexcept;
  void switch_to(std::size_t thread) noexcept;
  void wake_spinners(const void* address) noexcept;
  static void begin(void* threads);
  [[noreturn]] void end_thread();
  [[noreturn]] void leave();
  [[noreturn]] void too_long();
  [[noreturn]] void stuck();
  std::string waits_for(const Wait& wait) const;

  bool is_lost(std::size_t thread) const;

  Environment& environment_;
  explorer::Choices* choices_ = nullptr;
  std::uint64_t max_steps_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_before_ = 0;  // in earlier schedules
  std::array<Thread, kThreads> threads_;
  std::size_t count_ = 0;
  std::size_t running_ = 0;
  ThreadSet ready_ = 0;     // they could go on, or spin
  ThreadSet spinning_ = 0;  // of those
  ThreadSet timed_ = 0;     // they wait, at most until a deadline
  ThreadSet early_ = 0;     // of those, those whose deadline may pass now
  std::uint64_t waits_ = 0;
  std::vector<const void*> missed_;
  // The running thread has gone on because the one that it has joined ended. Until its next point nobody sees a difference,
  // so who runs is chosen there.
  bool switch_is_free_ = false;
  std::uint64_t rounds_ = 0;  // of spinning, since something has changed
  std::vector<std::uint32_t> seen_ = std::vector<std::uint32_t>(std::size_t{1} << 14U);
  std::uint64_t last_news_ = 0;  // the step at which a thread last saw something for the first time
  std::int64_t now_ = 0;
  Fiber outside_;
  std::string failure_;
};

}  // namespace corokit::model
