#pragma once
#include <sys/types.h>
#include <functional>
#include <mutex>
#include <set>

namespace corokit::moulinette {

/// The processes that this program started, and those that they left behind.
///
/// A process whose parent dies becomes our child (PR_SET_CHILD_SUBREAPER), even when it left its process
/// group; so a child of ours that we did not start was left behind, and is killed.
///
/// Thread-safety: any thread.
class ProcessTree {
 public:
  static ProcessTree& of_this_program();

  /// Calls `fork`, which returns the pid of a new child, and remembers it.
  pid_t start(const std::function<pid_t()>& fork);
  /// The child was waited for.
  void ended(pid_t child);
  /// Kills and waits for all that ended children left behind.
  void kill_orphans();

 private:
  ProcessTree();

  std::mutex mutex_;       // held across a fork: a child is never seen before it is known
  std::set<pid_t> known_;  // guarded by mutex_
};

}  // namespace corokit::moulinette
