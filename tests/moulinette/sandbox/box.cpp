#include "sandbox/box.hpp"

#include "error.hpp"
#include "sandbox/box_protocol.hpp"
#include "sandbox/places.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <utility>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Arguments = std::vector<std::string>;

// box_init ends a program whose time is up; if it has not done so by then, the box is killed as a whole.
constexpr std::chrono::seconds kGrace{2};
constexpr std::uint64_t kDescriptors = 1024;
constexpr mode_t kForAll = 0755;

constexpr std::uint32_t kFirstUser = 1'879'048'192;
constexpr std::uint32_t kUsersOfAProcess = 1U << 12U;
constexpr std::uint32_t kProcesses = 1U << 16U;

/// Returns: a user whom no system gives to anybody (systemd's UIDS-GIDS leaves these numbers unused): one for each box of
///   this process, and other ones for another process.
std::uint32_t new_user() {
  static std::atomic<std::uint32_t> boxes{0};
  // relaxed: nothing but the number matters, and each box gets another one.
  const std::uint32_t box = boxes.fetch_add(1, std::memory_order_relaxed) % kUsersOfAProcess;
  return kFirstUser + static_cast<std::uint32_t>(getpid()) % kProcesses * kUsersOfAProcess + box;
}

void append(Arguments& to, std::initializer_list<std::string> more) {
  to.insert(to.end(), more);
}

/// A folder of the system that is a link, such as /lib, is the same link in the box.
void add_place(Arguments& argv, const fs::path& place) {
  std::error_code failed;
  if (fs::is_symlink(place, failed) && place.parent_path() == "/") {
    append(argv, {"--symlink", fs::read_symlink(place, failed).string(), place.string()});
  } else if (place.parent_path() == "/dev") {
    append(argv, {"--dev-bind", place.string(), place.string()});
  } else {
    append(argv, {"--ro-bind", place.string(), place.string()});
  }
}

/// Makes the folders above what is in the box. Those that bubblewrap makes itself are for their owner alone.
void add_folders_above(Arguments& argv, const std::set<fs::path>& places) {
  std::set<fs::path> folders;  // a folder comes before what is in it
  std::error_code failed;
  for (const fs::path& place : places)
    for (fs::path folder = place.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
      if (!fs::is_symlink(folder, failed)) folders.insert(folder);
  for (const fs::path& folder : folders) append(argv, {"--perms", "0755", "--dir", folder.string()});
}

/// The command that makes the box; box_init comes next.
Arguments bubblewrap(const Box& box, bool own_user) {
  Arguments argv{find_program("bwrap").string(),
                 "--unshare-pid",
                 "--unshare-net",
                 "--unshare-ipc",
                 "--unshare-uts",
                 "--die-with-parent",
                 "--new-session",
                 "--as-pid-1",
                 "--cap-drop",
                 "ALL"};
  if (own_user)
    append(argv, {"--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_KILL"});
  else
    append(argv, {"--unshare-user", "--uid", "65534", "--gid", "65534"});
  if (box.needs == Needs::explorer || box.needs == Needs::sanitizer) append(argv, {"--proc", "/proc"});
  add_folders_above(argv, {box.folder});
  append(argv, {"--ro-bind", box_init().string(), "/box_init"});
  std::set<fs::path> places(box.readable.begin(), box.readable.end());
  if (box.needs != Needs::compiler) places.insert(library_places().begin(), library_places().end());
  append(argv, {"--perms", "1777", "--size", std::to_string(box.writable), "--tmpfs", box.folder.string()});
  add_folders_above(argv, places);
  for (const fs::path& place : places) add_place(argv, place);
  append(argv, {"--remount-ro", "/", "/box_init"});
  return argv;
}

/// Whether the kernel counts the processes of a user in each user namespace for itself, as Linux does since 5.14. Otherwise
/// a limit would count all that the user does.
bool counts_apart() {
  utsname system{};
  uname(&system);
  int major = 0;
  int minor = 0;
  return std::sscanf(system.release, "%d.%d", &major, &minor) == 2 &&
         std::pair(major, minor) >= std::pair(5, 14);
}

BoxOrders orders_of(const ProcessLimits& limits) {
  BoxOrders orders;
  orders.wall_milliseconds = static_cast<std::uint64_t>(limits.wall.count());
  orders.cpu_seconds = static_cast<std::uint64_t>(limits.cpu.count());
  orders.memory = limits.memory;
  orders.file = limits.file;
  orders.descriptors = kDescriptors;
  return orders;
}

/// Lets another user find files in temporary folders of ours. Their names are drawn, and nobody else can list them.
void let_through(const std::vector<fs::path>& files) {
  std::error_code failed;
  const fs::path temporary = fs::absolute(fs::temp_directory_path(failed), failed);
  for (const fs::path& file : files)
    for (fs::path folder = file.parent_path(); folder.has_relative_path() && folder != temporary;
         folder = folder.parent_path()) {
      const bool is_temporary = std::ranges::mismatch(temporary, folder).in1 == temporary.end();
      if (is_temporary) fs::permissions(folder, fs::perms::others_exec, fs::perm_options::add, failed);
    }
}

/// One box, and the socket to its first process.
class Running {
 public:
  Running(const Command& command, const Box& box, const ProcessLimits& limits, SandboxLevel level)
      : box_(box), limits_(limits), level_(level), orders_(orders_of(limits)) {
    const bool is_isolated = level >= SandboxLevel::isolated;
    command_ = command;
    command_.inherits_environment = false;
    command_.directory.clear();
    command_.argv =
        is_isolated ? bubblewrap(box, level == SandboxLevel::full) : Arguments{box_init().string()};
    command_.argv.push_back(box.folder.string());
    if (is_isolated) command_.argv.insert(command_.argv.end(), box.outputs.begin(), box.outputs.end());
    command_.argv.emplace_back("--");
    command_.argv.insert(command_.argv.end(), command.argv.begin(), command.argv.end());
    // Without a box, the compiler writes where only we may.
    const bool may_change =
        level == SandboxLevel::filtered && box.needs != Needs::compiler && can_change_user();
    if (may_change) let_through(box.readable);
    if (level == SandboxLevel::full || may_change) orders_.user = new_user();
    if (orders_.user != kSameUser || (is_isolated && counts_apart())) orders_.processes = box.processes;
    if (level >= SandboxLevel::filtered) add_filter();
    if (is_isolated) mark();
    open_socket();
    if (is_isolated) open_outputs();
  }

  Finished run(const Interrupt* interrupt) {
    send(ours_.get(), &orders_, sizeof orders_, MSG_NOSIGNAL);
    const ProcessLimits limits{.wall = limits_.wall + kGrace,
                               .cpu = std::chrono::seconds(0),
                               .memory = 0,
                               .file = 0,
                               .output = limits_.output,
                               .report = limits_.report};
    Finished finished = interrupt ? run_process(command_, limits, *interrupt) : run_process(command_, limits);
    take_ending(finished);
    return finished;
  }

 private:
  /// Lets the next program find a box by its folder if this one is killed (see Workspace): the process that bubblewrap makes
  /// the box of asks to die with its parent only late, and may wait for it for ever.
  void mark() {
    const auto is_folder = [](const std::string& variable) { return variable.starts_with("TMPDIR="); };
    if (std::ranges::any_of(command_.environment, is_folder)) return;  // a compiler has it anyway
    command_.environment.push_back("TMPDIR=" + box_.folder.string());
    // The program in the box does not see it.
    command_.argv.insert(command_.argv.begin() + 1, {"--unsetenv", "TMPDIR"});
  }

  void add_filter() {
    const std::vector<sock_filter>& filter = system_call_filter(box_.needs);
    if (filter.size() > orders_.filter.size()) throw broken("The filter of system calls is too long.");
    std::ranges::copy(filter, orders_.filter.begin());
    orders_.instructions = static_cast<std::uint32_t>(filter.size());
  }

  void open_socket() {
    std::array<int, 2> pair{-1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
      throw broken(fmt::format("No socket can be made: {}.", std::strerror(errno)));
    ours_ = io::Descriptor(pair[0]);
    theirs_ = io::Descriptor(pair[1]);
    command_.inherited = {theirs_.get()};
  }

  void open_outputs() {
    for (const std::string& name : box_.outputs) {
      const fs::path file = box_.folder / name;
      // Whoever runs what is made is another user, who must not change it.
      outputs_.emplace_back(open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kForAll));
      if (!outputs_.back())
        throw broken(fmt::format("Cannot write {}: {}.", file.string(), std::strerror(errno)));
      fchmod(outputs_.back().get(), kForAll);
      command_.inherited.push_back(outputs_.back().get());
    }
    orders_.outputs = static_cast<std::uint32_t>(outputs_.size());
  }

  void take_ending(Finished& finished);

  const Box& box_;
  const ProcessLimits& limits_;
  SandboxLevel level_;
  BoxOrders orders_;
  Command command_;
  io::Descriptor ours_, theirs_;
  std::vector<io::Descriptor> outputs_;
};

void Running::take_ending(Finished& finished) {
  theirs_ = io::Descriptor();
  BoxEnding ending;
  if (recv(ours_.get(), &ending, sizeof ending, MSG_DONTWAIT) != sizeof ending) {
    if (finished.how == Finished::How::exited || finished.how == Finished::How::signalled)
      throw broken(fmt::format("The sandbox does not work: {}", finished.output));
    return;
  }
  if (finished.how == Finished::How::interrupted) return;
  finished.processor = std::chrono::milliseconds(ending.cpu_milliseconds);
  if (ending.start_error != 0) {
    finished.how = Finished::How::not_started;
    finished.code = ending.start_error;
    finished.output = std::strerror(ending.start_error);
  } else if (ending.out_of_time != 0) {
    finished.how = Finished::How::out_of_time;
    finished.code = 0;
  } else {
    set_ending(finished, ending.status, limits_.cpu);
  }
  if (ending.output_error == 0) return;
  const bool is_full = ending.output_error == ENOSPC || ending.output_error == EDQUOT;
  throw broken(fmt::format("What was made in the sandbox cannot be taken out: {}.{}",
                           std::strerror(ending.output_error),
                           is_full ? "\nFree some space, or point TMPDIR elsewhere." : ""));
}

Finished run(const Command& command, const Box& box, const ProcessLimits& limits, const Interrupt* interrupt,
             SandboxLevel level) {
  if (level != SandboxLevel::none) return Running(command, box, limits, level).run(interrupt);
  Command plain = command;
  plain.directory = box.folder;
  plain.inherits_environment = false;
  return interrupt ? run_process(plain, limits, *interrupt) : run_process(plain, limits);
}

}  // namespace

bool can_change_user() {
  if (geteuid() != 0) return false;
  std::ifstream ranges("/proc/self/uid_map");
  for (std::uint64_t here = 0, outside = 0, count = 0; ranges >> here >> outside >> count;)
    if (here <= kFirstUser && kFirstUser + kProcesses * kUsersOfAProcess <= here + count) return true;
  return false;
}

Finished run_in_box(const Command& command, const Box& box, const ProcessLimits& limits,
                    const Interrupt& interrupt) {
  return run(command, box, limits, &interrupt, sandbox().level);
}

Finished run_in_box(const Command& command, const Box& box, const ProcessLimits& limits,
                    const Interrupt& interrupt, SandboxLevel level) {
  return run(command, box, limits, &interrupt, level);
}

Finished run_in_box(const Command& command, const Box& box, const ProcessLimits& limits, SandboxLevel level) {
  return run(command, box, limits, nullptr, level);
}

}  // namespace corokit::moulinette
