#pragma once
#include <corokit/io/async_fd.hpp>
#include <corokit/io/error.hpp>
#include <corokit/task.hpp>

#include <csignal>
#include <cstdint>

namespace corokit::io {

/// The signals of one kind that the process gets:
///
///     auto hangups = Signals::listen(SIGHUP).value();
///     while (co_await hangups.next()) reload();
///
/// The first listen() of a kind replaces what the signal does otherwise, for the rest of the process; calls that it
/// interrupts go on (SA_RESTART). Several signals that come before a next() count as one.
///
/// Thread-safety: one task at a time. Others may listen to the same kind: each gets every signal.
class Signals {
 public:
  /// Returns: the signals that come from now on; or the error, std::errc::invalid_argument for SIGKILL and SIGSTOP, for
  ///   those that report a fault (SIGSEGV, SIGBUS, SIGILL, SIGFPE), and for what is no signal.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  static IoResult<Signals> listen(int kind);

  /// Waits for a signal.
  ///
  /// Requires: the Signals outlives the await.
  /// Returns: nothing; the error Errc::runtime_ended if it belongs to a runtime that has ended.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: dropped while it waits, no signal is lost.
  Task<IoResult<void>> next();

 private:
  Signals(AsyncFd told, int kind, std::uint64_t seen) noexcept
      : told_(std::move(told)), kind_(kind), seen_(seen) {}

  AsyncFd told_;
  int kind_;
  std::uint64_t seen_;  // how many had come by then
};

/// Waits for Ctrl-C: for the next SIGINT. From the first call on, Ctrl-C does not end the process any more.
///
/// Returns: nothing, or the error of Signals::listen().
/// Throws: as Signals::listen().
/// Thread-safety: any task.
/// Cancel-safety: a SIGINT that comes between two calls is not noticed: keep a Signals to see them all.
Task<IoResult<void>> ctrl_c();

}  // namespace corokit::io
