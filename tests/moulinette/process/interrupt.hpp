#pragma once
#include <corokit/io/descriptor.hpp>
#include <corokit/sync/cancellation_token.hpp>

#include <sys/types.h>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

namespace corokit::moulinette {

/// Turns Ctrl-C, SIGTERM and SIGHUP into an event that can be awaited or polled. The program makes one such object,
/// before any other thread: it blocks these signals in all threads and waits for them in a thread of its own. The second
/// signal kills the processes that the program has started, and ends it. An object without signals is for work that
/// somebody else stops.
///
/// Thread-safety: requested(), token(), descriptor() and trigger() may be called from any thread.
class Interrupt {
 public:
  struct WithoutSignals {};

  Interrupt();
  explicit Interrupt(WithoutSignals);
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  bool requested() const noexcept { return token_.is_cancelled(); }
  /// Returns: a token that the interrupt cancels.
  const CancellationToken& token() const noexcept { return token_; }
  /// Returns: a descriptor that becomes readable at the interrupt and stays readable.
  int descriptor() const noexcept { return event_.get(); }
  /// Does the same as Ctrl-C.
  void trigger();

  /// While a scope lives, an interrupt runs `action` on the thread that noticed it. If the interrupt came before, the
  /// constructor runs it.
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

  const CancellationToken token_;
  io::Descriptor event_;
  io::Descriptor signals_;  // none without signals
  io::Descriptor stop_;
  std::set<pid_t>
      before_;  // children from before exec, such as background jobs of a shell: they are not ours to kill
  std::mutex mutex_;
  std::function<void()> action_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace corokit::moulinette
