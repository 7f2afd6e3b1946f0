#include "process/process_tree.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace corokit::moulinette {
namespace fs = std::filesystem;

std::set<pid_t> children() {
  std::set<pid_t> found;
  std::error_code failed;
  for (fs::directory_iterator at("/proc/self/task", failed), end; !failed && at != end;
       at.increment(failed)) {
    std::ifstream list(at->path() / "children");
    for (pid_t child = 0; list >> child;) found.insert(child);
  }
  return found;
}

ProcessTree& ProcessTree::of_this_program() {
  static ProcessTree tree;
  return tree;
}

ProcessTree::ProcessTree() {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Children from before exec, such as background jobs of a shell, do not belong to the tree.
  known_ = children();
}

io::IoResult<io::Child> ProcessTree::start(const io::Command& program) {
  const std::lock_guard lock(mutex_);
  auto child = program.spawn();
  if (child) known_.insert(child->id());
  return child;
}

void ProcessTree::ended(pid_t child) {
  const std::lock_guard lock(mutex_);
  known_.erase(child);
}

void ProcessTree::kill_orphans() {
  const std::lock_guard lock(mutex_);
  // The death of one orphan may orphan its children.
  for (bool again = true; again;) {
    again = false;
    for (const pid_t child : children()) {
      if (known_.contains(child)) continue;
      kill(child, SIGKILL);
      again = waitpid(child, nullptr, 0) == child || again;
    }
  }
}

}  // namespace corokit::moulinette
