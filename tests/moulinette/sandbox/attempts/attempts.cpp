// Tries what a sandbox forbids, and says what came of it: "done", or why not. The tests run it in boxes.
//
//   attempts WHAT [ARGUMENT]
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

int say(bool done) {
  std::puts(done ? "done" : std::strerror(errno));
  return done ? 0 : 1;
}

/// Connects to a port of this machine.
int network(const std::string& port) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client < 0) return say(false);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return say(connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
}

int read_file(const std::string& file) {
  std::ifstream input(file);
  std::string text;
  if (!input || !std::getline(input, text)) return say(false);
  std::cout << input.rdbuf();
  return say(true);
}

int write_file(const std::string& file) {
  const int to = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  return say(to >= 0 && write(to, "x", 1) == 1);
}

/// Writes files until no more fit. Prints how many bytes did.
int fill(const std::string& folder) {
  static std::array<char, 65536> block;
  long long written = 0;
  for (int file = 0; file < 1000; ++file) {
    const int to = open((folder + "/" + std::to_string(file)).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (to < 0) break;
    ssize_t got = 0;
    for (int i = 0; i < 16 && (got = write(to, block.data(), block.size())) > 0; ++i) written += got;
    close(to);
    if (got <= 0) break;
  }
  std::printf("%lld\n", written);
  return 0;
}

/// Waits for ever, by a call that every filter lets through.
[[noreturn]] void hang() {
  for (;;) ppoll(nullptr, 0, nullptr, nullptr);
}

/// Starts processes that wait for ever, until there can be no more. Prints how many there are.
int fork_bomb(const std::string& most) {
  int started = 0;
  for (; started < std::stoi(most); ++started) {
    const pid_t child = fork();
    if (child < 0) break;
    if (child == 0) hang();
  }
  std::printf("%d\n", started);
  return 0;
}

/// Leaves a process behind, whose parent is gone, and which has left the session if that is allowed.
int leave(const std::string&) {
  if (fork() == 0) {
    if (fork() != 0) _exit(0);
    setsid();
    hang();
  }
  return say(true);
}

int kill_process(const std::string& process) {
  return say(kill(std::stoi(process), SIGKILL) == 0);
}

int trace(const std::string& process) {
  return say(ptrace(PTRACE_ATTACH, std::stoi(process), nullptr, nullptr) == 0);
}

int mount_something(const std::string&) {
  return say(mount("none", "/tmp", "tmpfs", 0, nullptr) == 0);
}

int new_namespace(const std::string&) {
  return say(unshare(CLONE_NEWUSER) == 0);
}

int clone_namespace(const std::string&) {
  const long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) _exit(0);
  return say(child > 0);
}

int run_program(const std::string& program) {
  execl(program.c_str(), program.c_str(), "-c", "echo done", nullptr);
  return say(false);
}

int unusual_call(const std::string&) {
  return say(syscall(SYS_add_key, "user", "name", "x", 1, -3) >= 0);
}

int take_memory(const std::string&) {
  try {
    std::vector<std::vector<char>> all;
    for (;;) all.emplace_back(16U << 20U, 'x');
  } catch (const std::bad_alloc&) {
    std::puts("no more memory");
    return 3;
  }
}

int descriptors(const std::string&) {
  for (int i = 0; i < 1024; ++i)
    if (fcntl(i, F_GETFD) >= 0) std::printf("%d\n", i);
  return 0;
}

int environment(const std::string&) {
  for (char** entry = environ; *entry; ++entry) std::puts(*entry);
  return 0;
}

int list_folder(const std::string& name) {
  DIR* const folder = opendir(name.c_str());
  if (!folder) return say(false);
  while (const dirent* entry = readdir(folder))
    if (entry->d_name[0] != '.') std::puts(entry->d_name);
  closedir(folder);
  return 0;
}

int spin(const std::string&) {
  for (;;) static_cast<void>(getppid());
}

int wait_for_ever(const std::string&) {
  char nothing = 0;
  const std::array<int, 1> never{3};  // the socket to the grader, which sends no more
  while (read(never[0], &nothing, 1) > 0) {
  }
  return 0;
}

int die(const std::string& signal) {
  return raise(std::stoi(signal));
}

int leave_with(const std::string& status) {
  return std::stoi(status);
}

/// Makes an output that is a link.
int make_link(const std::string& target) {
  return say(symlink(target.c_str(), "made") == 0);
}

const std::map<std::string, int (*)(const std::string&)> kAttempts{
    {"network", network},
    {"read", read_file},
    {"write", write_file},
    {"fill", fill},
    {"fork_bomb", fork_bomb},
    {"leave", leave},
    {"kill", kill_process},
    {"trace", trace},
    {"mount", mount_something},
    {"new_namespace", new_namespace},
    {"clone_namespace", clone_namespace},
    {"run", run_program},
    {"unusual_call", unusual_call},
    {"take_memory", take_memory},
    {"descriptors", descriptors},
    {"environment", environment},
    {"list", list_folder},
    {"spin", spin},
    {"wait", wait_for_ever},
    {"die", die},
    {"status", leave_with},
    {"link", make_link},
};

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const auto attempt = kAttempts.find(argc > 1 ? argv[1] : "");
  if (attempt == kAttempts.end()) return 125;
  return attempt->second(argc > 2 ? argv[2] : "");
}
