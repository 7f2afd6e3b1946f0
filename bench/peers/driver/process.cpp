#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <stdexcept>

extern char** environ;

namespace corokit::peers {
namespace {

using Time = std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (std::string& string : strings) all.push_back(string.data());
  all.push_back(nullptr);
  return all;
}

/// A child process that writes into a pipe; killed if it is still there when this dies.
class Child {
 public:
  Child(std::vector<std::string> command, std::vector<std::string> environment, bool with_errors)
      : name_(command.front()) {
    for (char** variable = environ; *variable; ++variable) environment.emplace_back(*variable);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe: " + std::string(std::strerror(errno)));
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (with_errors) posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    const int error = posix_spawnp(&pid_, name_.c_str(), &actions, nullptr, pointers(command).data(),
                                   pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error == 0) return;
    close(output_);
    throw std::runtime_error(name_ + " cannot be started: " + std::strerror(error));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    close(output_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  std::string read_all(Time::time_point until) {
    std::string text;
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Time::now()).count();
      pollfd waiting{output_, POLLIN, 0};
      if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) == 0)
        throw std::runtime_error(name_ + " takes too long");
      char buffer[4096];
      const ssize_t count = read(output_, buffer, sizeof buffer);
      if (count == 0) return text;
      if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
    }
  }

  void require_success() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    if (WIFSIGNALED(status)) throw std::runtime_error(name_ + " was killed: " + strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
      throw std::runtime_error(name_ + " failed with status " + std::to_string(WEXITSTATUS(status)));
  }

 private:
  std::string name_;
  pid_t pid_ = 0;
  int output_ = -1;
};

}  // namespace

std::string output_of(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                      std::chrono::milliseconds limit) {
  Child child(command, environment, false);
  std::string text = child.read_all(Time::now() + limit);
  child.require_success();
  return text;
}

bool can_preload(const std::string& library) {
  try {
    Child child({"true"}, {"LD_PRELOAD=" + library}, true);
    const bool silent = child.read_all(Time::now() + std::chrono::seconds(10)).empty();
    child.require_success();
    return silent;  // the loader complains, and goes on
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace corokit::peers
