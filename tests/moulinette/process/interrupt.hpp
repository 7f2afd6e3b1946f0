#pragma once
#include "process/descriptor.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace corokit::moulinette {

/// Ctrl-C (and SIGTERM) as something to poll for. Made once, before any other thread: it blocks these signals
/// in all threads and waits for them in one of its own.
///
/// Thread-safety: requested(), descriptor() and trigger() may be called from any thread.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  bool requested() const noexcept { return requested_.load(std::memory_order_acquire); }
  /// Becomes readable at the interrupt, and stays so for all who poll it.
  int descriptor() const noexcept { return event_.get(); }
  /// As if the user had pressed Ctrl-C.
  void trigger();

  /// Runs `action` at the interrupt, on the thread that saw it, until the scope ends; at once if it has been.
  class Scope {
   public:
    Scope(Interrupt& interrupt, std::function<void()> action);
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

   private:
    Interrupt* interrupt_;
  };

 private:
  void wait_for_signals();

  std::atomic<bool> requested_{false};  // false → true once, by trigger()
  Descriptor event_;
  Descriptor signals_;
  Descriptor stop_;
  std::mutex mutex_;
  std::function<void()> action_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace corokit::moulinette
