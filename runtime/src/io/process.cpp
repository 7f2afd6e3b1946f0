#include <corokit/io/process.hpp>
#include <corokit/io/signal.hpp>
#include <corokit/join.hpp>

#include "orphans.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace corokit::io {
namespace {

std::error_code system_error(int error) noexcept {
  return {error, std::system_category()};
}

ExitStatus status_of(int status) noexcept {
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

/// Requires: while `ended` is empty, nobody else has waited for the process: its number is its own.
struct Child::State {
  pid_t id = 0;
  bool own_group = false;
  bool kill_on_drop = true;
  std::optional<AsyncFd>
      pidfd;  // readable once the process has ended; none where the system gives no such thing
  std::optional<Signals> children;  // instead of it
  std::optional<ExitStatus> ended;

  ~State() {
    if (ended || id == 0) return;
    if (kill_on_drop) ::kill(own_group ? -id : id, SIGKILL);
    detail::reap_later(id);
  }

  /// Returns: whether the process has ended.
  IoResult<bool> look() noexcept {
    int status = 0;
    const pid_t gone = ::waitpid(id, &status, WNOHANG);
    if (gone < 0 && errno != EINTR) return Err<std::error_code>(system_error(errno));
    if (gone == id) ended = status_of(status);
    return ended.has_value();
  }
};

Child::Child(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Child::Child(Child&&) noexcept = default;
Child& Child::operator=(Child&&) noexcept = default;
Child::~Child() = default;

pid_t Child::id() const noexcept {
  return state_->id;
}

Task<IoResult<ExitStatus>> Child::wait() {
  input.reset();
  while (!state_->ended) {
    const auto over = state_->look();
    if (!over) co_return Err<std::error_code>(over.error());
    if (*over) break;
    IoResult<void> told;
    if (state_->pidfd) {
      const auto look = [this] {
        const auto now = state_->look();
        errno = now ? EAGAIN : now.error().value();
        return now && *now ? 0 : -1;
      };
      const auto ended = co_await state_->pidfd->read_with(look);
      if (!ended) told = Err<std::error_code>(ended.error());
    } else {
      told = co_await state_->children->next();
    }
    if (!told) co_return Err<std::error_code>(told.error());
  }
  co_return *state_->ended;
}

namespace {

struct Kept {
  std::string text;
  bool cut = false;
};

/// Reads a pipe to its end, and keeps the first `cap` bytes.
Task<IoResult<Kept>> keep(std::optional<PipeReader>& pipe, std::size_t cap) {
  Kept kept;
  if (!pipe) co_return kept;
  const std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(16384);
  for (;;) {
    auto got = co_await pipe->read(MutableBuffer(buffer.get(), 16384));
    if (!got) co_return Err<std::error_code>(got.error());
    if (*got == 0) co_return kept;
    const std::size_t fits = std::min(*got, cap - kept.text.size());
    kept.text.append(buffer.get(), fits);
    kept.cut = kept.cut || fits < *got;
  }
}

}  // namespace

Task<IoResult<Output>> Child::wait_with_output(std::size_t cap) {
  input.reset();
  auto both = co_await join(keep(out, cap), keep(err, cap));
  auto& [printed, complained] = both;
  if (!printed) co_return Err<std::error_code>(printed.error());
  if (!complained) co_return Err<std::error_code>(complained.error());
  const auto status = co_await wait();
  if (!status) co_return Err<std::error_code>(status.error());
  co_return Output{*status, std::move(printed->text), std::move(complained->text),
                   printed->cut || complained->cut};
}

IoResult<void> Child::send_signal(int signal) noexcept {
  if (state_->ended) return Err<std::error_code>(std::make_error_code(std::errc::no_such_process));
  if (::kill(state_->own_group ? -state_->id : state_->id, signal) < 0)
    return Err<std::error_code>(system_error(errno));
  return {};
}

IoResult<void> Child::kill() noexcept {
  return send_signal(SIGKILL);
}

Command& Command::arg(std::string argument) {
  arguments_.push_back(std::move(argument));
  return *this;
}
Command& Command::args(const std::vector<std::string>& arguments) {
  arguments_.insert(arguments_.end(), arguments.begin(), arguments.end());
  return *this;
}
Command& Command::env(const std::string& name, const std::string& value) {
  variables_.emplace_back(name, value);
  return *this;
}
Command& Command::clear_env() {
  inherits_variables_ = false;
  variables_.clear();
  return *this;
}
Command& Command::current_dir(std::string folder) {
  folder_ = std::move(folder);
  return *this;
}
Command& Command::in(Stdio stream) noexcept {
  in_ = stream;
  return *this;
}
Command& Command::out(Stdio stream) noexcept {
  out_ = stream;
  return *this;
}
Command& Command::err(Stdio stream) noexcept {
  err_ = stream;
  return *this;
}
Command& Command::own_group(bool own) noexcept {
  own_group_ = own;
  return *this;
}
Command& Command::kill_on_drop(bool kills) noexcept {
  kill_on_drop_ = kills;
  return *this;
}

namespace {

/// What posix_spawn() is told: which descriptors the process gets, and how it begins.
class SpawnSettings {
 public:
  SpawnSettings() noexcept {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }

  /// Returns: our end of the pipe, if there is one.
  IoResult<Descriptor> add_stream(int stream, Command::Stdio which) {
    if (which == Command::Stdio::inherit) return Descriptor();
    if (which == Command::Stdio::null) {
      ::posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
      return Descriptor();
    }
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0) return Err<std::error_code>(system_error(errno));
    Descriptor for_reading(ends[0]);
    Descriptor for_writing(ends[1]);
    Descriptor& theirs = stream == STDIN_FILENO ? for_reading : for_writing;
    // Above the three streams, so that no dup2() of one overwrites another.
    const int high = ::fcntl(theirs.get(), F_DUPFD_CLOEXEC, 3);
    if (high < 0) return Err<std::error_code>(system_error(errno));
    theirs_.emplace_back(high);
    ::posix_spawn_file_actions_adddup2(&actions, high, stream);
    return std::move(stream == STDIN_FILENO ? for_writing : for_reading);
  }

  void begin_plainly(bool own_group) noexcept {
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);
    ::sigaddset(&signals, SIGPIPE);  // the only one that programs commonly ignore
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    if (own_group) {
      flags |= POSIX_SPAWN_SETPGROUP;
      ::posix_spawnattr_setpgroup(&attributes, 0);
    }
    ::posix_spawnattr_setflags(&attributes, flags);
  }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

 private:
  std::vector<Descriptor> theirs_;  // closed once the process has its own
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// Returns: "NAME=value" of each variable.
std::vector<std::string> environment_of(bool inherits,
                                        const std::vector<std::pair<std::string, std::string>>& own) {
  std::vector<std::string> all;
  for (auto it = own.rbegin(); it != own.rend(); ++it) {
    const std::string begin = it->first + "=";
    const auto has = [&begin](const std::string& known) { return known.starts_with(begin); };
    if (std::ranges::none_of(all, has)) all.push_back(begin + it->second);
  }
  for (char** variable = environ; inherits && *variable; ++variable) {
    const std::string entry = *variable;
    const std::string begin = entry.substr(0, entry.find('=') + 1);
    const auto has = [&begin](const std::string& known) { return known.starts_with(begin); };
    if (std::ranges::none_of(all, has)) all.push_back(entry);
  }
  return all;
}

int open_pidfd(pid_t id) noexcept {
  return static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
}

}  // namespace

IoResult<Child> Command::spawn() const {
  detail::reap_orphans();
  SpawnSettings settings;
  std::array<Descriptor, 3> ours;
  const std::array<std::optional<Stdio>, 3> streams{in_, out_, err_};
  for (int stream = 0; stream < 3; ++stream) {
    auto end =
        settings.add_stream(stream, streams[static_cast<std::size_t>(stream)].value_or(Stdio::inherit));
    if (!end) return Err<std::error_code>(end.error());
    ours[static_cast<std::size_t>(stream)] = *std::move(end);
  }
  ::posix_spawn_file_actions_addclosefrom_np(&settings.actions, 3);
  if (!folder_.empty()) ::posix_spawn_file_actions_addchdir_np(&settings.actions, folder_.c_str());
  settings.begin_plainly(own_group_);
  auto state = std::make_unique<Child::State>();
  state->own_group = own_group_;
  state->kill_on_drop = kill_on_drop_;
  std::vector<std::string> arguments = arguments_;
  std::vector<std::string> environment = environment_of(inherits_variables_, variables_);
  if (const int failed =
          ::posix_spawnp(&state->id, arguments[0].c_str(), &settings.actions, &settings.attributes,
                         pointers(arguments).data(), pointers(environment).data())) {
    state->id = 0;
    return Err<std::error_code>(system_error(failed));
  }
  if (Descriptor pidfd(open_pidfd(state->id)); pidfd) {
    auto watched = AsyncFd::make(std::move(pidfd));
    if (watched) state->pidfd = *std::move(watched);
  }
  if (!state->pidfd) {
    auto children =
        Signals::listen(SIGCHLD);  // an end before this is found by the look that each wait begins with
    if (!children) return Err<std::error_code>(children.error());
    state->children = *std::move(children);
  }
  Child child(std::move(state));
  const auto give = [](auto& place, Descriptor& end, auto make) -> std::error_code {
    if (!end) return {};
    auto made = make(std::move(end));
    if (!made) return made.error();
    place = *std::move(made);
    return {};
  };
  if (const auto error = give(child.input, ours[0], &PipeWriter::make)) return Err<std::error_code>(error);
  if (const auto error = give(child.out, ours[1], &PipeReader::make)) return Err<std::error_code>(error);
  if (const auto error = give(child.err, ours[2], &PipeReader::make)) return Err<std::error_code>(error);
  return child;
}

Task<IoResult<ExitStatus>> Command::status() const {
  auto child = spawn();
  if (!child) co_return Err<std::error_code>(child.error());
  co_return co_await child->wait();
}

Task<IoResult<Output>> Command::output(std::size_t cap) const {
  Command piped = *this;
  piped.in(in_.value_or(Stdio::null)).out(out_.value_or(Stdio::pipe)).err(err_.value_or(Stdio::pipe));
  auto child = piped.spawn();
  if (!child) co_return Err<std::error_code>(child.error());
  co_return co_await child->wait_with_output(cap);
}

}  // namespace corokit::io
