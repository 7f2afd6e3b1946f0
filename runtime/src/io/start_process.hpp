#pragma once
#include <corokit/io/error.hpp>

#include <sys/resource.h>
#include <sys/types.h>
#include <string>
#include <vector>

namespace corokit::io::detail {

/// What a new process does before it becomes the program. All of it is made in advance, since the process may not allocate.
struct StartPlan {
  /// A descriptor of ours that the process gets under another number.
  struct Place {
    int ours;
    int theirs;
  };
  struct Limit {
    int resource;
    rlimit most;
  };

  std::vector<std::string> paths;           // where the program may be, in this order
  std::vector<char*> arguments, variables;  // each ends with a null pointer
  std::string folder;                       // where it runs; empty: where we run
  std::vector<Place> places;                // one for each number; those up to 2 that are missing stay ours
  std::vector<Limit> limits;
  bool own_group = false;
  bool dies_with_parent = false;
};

/// Starts a process. As with vfork(), it borrows the memory of the calling thread, which waits until the process has become
/// the program: nothing is copied, however much memory we have.
///
/// Returns: its number; or the error of the first step that failed, and then no process is left.
/// Thread-safety: may be called at once from any thread.
IoResult<pid_t> start_process(StartPlan plan);

}  // namespace corokit::io::detail
