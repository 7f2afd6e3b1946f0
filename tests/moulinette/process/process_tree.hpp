#pragma once
#include <corokit/io/process.hpp>

#include <sys/types.h>
#include <mutex>
#include <set>

namespace corokit::moulinette {

/// Returns: our children, the dead ones that nobody has waited for included. Each thread has a list of its own, and an
/// orphan may appear in any of them.
std::set<pid_t> children();

/// The processes that this program started, with the processes that those left behind.
///
/// A process whose parent dies becomes a child of this program (PR_SET_CHILD_SUBREAPER), even if it left its process
/// group. A child that this program did not start was therefore left behind.
///
/// Thread-safety: all functions may be called from any thread.
class ProcessTree {
 public:
  static ProcessTree& of_this_program();

  /// Starts a process, and remembers it. As Command::spawn() otherwise.
  io::IoResult<io::Child> start(const io::Command& program);
  /// Forgets a child, after wait().
  void ended(pid_t child);
  /// Kills the processes that ended children left behind, and waits for them.
  void kill_orphans();

 private:
  ProcessTree();

  std::mutex mutex_;       // held during a start, so that no child is seen before it is known
  std::set<pid_t> known_;  // guarded by mutex_
};

}  // namespace corokit::moulinette
