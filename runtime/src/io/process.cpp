#include <corokit/io/process.hpp>
#include <corokit/io/signal.hpp>
#include <corokit/join.hpp>

#include "orphans.hpp"
#include "start_process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace corokit::io {
namespace {

std::error_code system_error(int error) noexcept {
  return {error, std::system_category()};
}

ExitStatus status_of(int status) noexcept {
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

std::chrono::microseconds time_of(const timeval& time) noexcept {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

/// Requires: while `ended` is empty, nobody else has waited for the process: its number is its own.
struct Child::State {
  const pid_t id;
  const bool own_group, kill_group_at_end, kill_on_drop;
  std::optional<AsyncFd>
      pidfd;  // readable once the process has ended; none where the system gives no such thing
  std::optional<Signals> children;  // instead of it
  std::optional<ExitStatus> ended;
  std::chrono::microseconds processor_time{0};

  State(pid_t number, bool group, bool group_ends, bool killed) noexcept
      : id(number), own_group(group), kill_group_at_end(group_ends), kill_on_drop(killed) {}
  ~State() {
    if (ended) return;
    if (kill_on_drop) static_cast<void>(kill());
    detail::reap_later(id);
  }

  /// Kills its group, and the process itself, which may have left for another group.
  /// Returns: what kill() gives for the process.
  int kill() const noexcept {
    if (own_group) ::kill(-id, SIGKILL);
    return ::kill(id, SIGKILL);
  }

  /// Returns: whether the process has ended.
  IoResult<bool> look() noexcept {
    if (kill_group_at_end) {
      // Until the process is waited for, no other group can have its number.
      siginfo_t info{};
      const int seen = ::waitid(P_PID, static_cast<id_t>(id), &info, WEXITED | WNOHANG | WNOWAIT);
      if (seen < 0 && errno != EINTR) return Err<std::error_code>(system_error(errno));
      if (info.si_pid != id) return false;
      ::kill(-id, SIGKILL);
    }
    int status = 0;
    rusage used{};
    const pid_t gone = ::wait4(id, &status, WNOHANG, &used);
    if (gone < 0 && errno != EINTR) return Err<std::error_code>(system_error(errno));
    if (gone != id) return false;
    ended = status_of(status);
    processor_time = time_of(used.ru_utime) + time_of(used.ru_stime);
    return true;
  }
};

Child::Child(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Child::Child(Child&&) noexcept = default;
Child& Child::operator=(Child&&) noexcept = default;
Child::~Child() = default;

pid_t Child::id() const noexcept {
  return state_->id;
}

std::chrono::microseconds Child::processor_time() const noexcept {
  return state_->processor_time;
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
  if (state_->ended) return Err<std::error_code>(std::make_error_code(std::errc::no_such_process));
  if (state_->kill() < 0) return Err<std::error_code>(system_error(errno));
  return {};
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
  err_into_out_ = false;
  return *this;
}
Command& Command::err_into_out() noexcept {
  err_.reset();
  err_into_out_ = true;
  return *this;
}
Command& Command::inherit(int ours, int theirs) {
  inherited_.push_back({ours, theirs});
  return *this;
}
Command& Command::limit(int resource, rlim_t soft, rlim_t hard) {
  limits_.push_back({resource, soft, hard});
  return *this;
}
Command& Command::own_group(bool own) noexcept {
  own_group_ = own;
  return *this;
}
Command& Command::kill_group_at_end(bool kills) noexcept {
  kill_group_at_end_ = kills;
  return own_group(own_group_ || kills);
}
Command& Command::die_with_parent(bool dies) noexcept {
  dies_with_parent_ = dies;
  return *this;
}
Command& Command::kill_on_drop(bool kills) noexcept {
  kill_on_drop_ = kills;
  return *this;
}

namespace {

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

/// Returns: where a program may be, in the order in which it is looked for.
std::vector<std::string> paths_of(const std::string& program) {
  if (program.find('/') != std::string::npos) return {program};
  const char* given = ::getenv("PATH");
  std::string_view folders = given ? given : "/bin:/usr/bin";
  std::vector<std::string> paths;
  for (;;) {
    const std::size_t colon = folders.find(':');
    const std::string_view folder = folders.substr(0, colon);
    paths.emplace_back(folder.empty() ? "." : folder).append("/").append(program);
    if (colon == std::string_view::npos) return paths;
    folders.remove_prefix(colon + 1);
  }
}

/// The two ends of what a process has as one of its streams: none is ours unless it is a pipe.
struct StreamEnds {
  Descriptor ours, theirs;

  static IoResult<StreamEnds> make(Command::Stdio which, bool is_input) {
    StreamEnds made;
    if (which == Command::Stdio::null) {
      made.theirs = Descriptor(::open("/dev/null", O_RDWR | O_CLOEXEC));
      if (!made.theirs) return Err<std::error_code>(system_error(errno));
    } else if (which == Command::Stdio::pipe) {
      int ends[2];
      if (::pipe2(ends, O_CLOEXEC) < 0) return Err<std::error_code>(system_error(errno));
      made.ours = Descriptor(ends[is_input ? 1 : 0]);
      made.theirs = Descriptor(ends[is_input ? 0 : 1]);
    }
    return made;
  }
};

int open_pidfd(pid_t id) noexcept {
  return static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
}

}  // namespace

IoResult<Child> Command::spawn() const {
  detail::reap_orphans();
  std::vector<std::string> arguments = arguments_;
  std::vector<std::string> environment = environment_of(inherits_variables_, variables_);
  detail::StartPlan plan{.paths = paths_of(arguments_[0]),
                         .arguments = pointers(arguments),
                         .variables = pointers(environment),
                         .folder = folder_,
                         .places = {},
                         .limits = {},
                         .own_group = own_group_,
                         .dies_with_parent = dies_with_parent_};
  for (const Inherited& one : inherited_) plan.places.push_back({one.ours, one.theirs});
  for (const Limit& limit : limits_) plan.limits.push_back({limit.resource, {limit.soft, limit.hard}});
  std::array<StreamEnds, 3> ends;
  const std::array<std::optional<Stdio>, 3> streams{in_, out_, err_};
  for (std::size_t stream = 0; stream < ends.size(); ++stream) {
    auto made = StreamEnds::make(streams[stream].value_or(Stdio::inherit), stream == STDIN_FILENO);
    if (!made) return Err<std::error_code>(made.error());
    ends[stream] = *std::move(made);
    if (const Descriptor& theirs = ends[stream].theirs)
      plan.places.push_back({theirs.get(), static_cast<int>(stream)});
  }
  if (err_into_out_) {
    const int out = ends[STDOUT_FILENO].theirs.get();
    plan.places.push_back({out < 0 ? STDOUT_FILENO : out, STDERR_FILENO});
  }
  const auto started = detail::start_process(std::move(plan));
  if (!started) return Err<std::error_code>(started.error());
  auto state = std::make_unique<Child::State>(*started, own_group_, kill_group_at_end_, kill_on_drop_);
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
  if (const auto error = give(child.input, ends[0].ours, &PipeWriter::make))
    return Err<std::error_code>(error);
  if (const auto error = give(child.out, ends[1].ours, &PipeReader::make)) return Err<std::error_code>(error);
  if (const auto error = give(child.err, ends[2].ours, &PipeReader::make)) return Err<std::error_code>(error);
  return child;
}

Task<IoResult<ExitStatus>> Command::status() const {
  auto child = spawn();
  if (!child) co_return Err<std::error_code>(child.error());
  co_return co_await child->wait();
}

Task<IoResult<Output>> Command::output(std::size_t cap) const {
  Command piped = *this;
  piped.in(in_.value_or(Stdio::null)).out(out_.value_or(Stdio::pipe));
  if (!err_into_out_) piped.err(err_.value_or(Stdio::pipe));
  auto child = piped.spawn();
  if (!child) co_return Err<std::error_code>(child.error());
  co_return co_await child->wait_with_output(cap);
}

}  // namespace corokit::io
