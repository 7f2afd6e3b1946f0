#pragma once
#include <corokit/io/pipe.hpp>
#include <corokit/time/duration.hpp>

#include <sys/resource.h>
#include <sys/types.h>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace corokit::io {

/// How a process ended.
struct ExitStatus {
  int code = 0;    ///< what it returned; 0 if a signal ended it
  int signal = 0;  ///< the signal that ended it; 0 if it ended by itself

  /// Returns: whether it ended by itself, with 0.
  bool succeeded() const noexcept { return code == 0 && signal == 0; }
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

/// What a process has printed, and how it ended.
struct Output {
  ExitStatus status;
  std::string out;
  std::string err;
  bool cut = false;  ///< whether more was printed than was to be kept
};

/// A process that runs. With kill_on_drop (the default) its destructor kills it.
///
/// Requires: it outlives what is awaited of it. Thread-safety: one task at a time.
class Child {
 public:
  // The ends of the pipes that were asked for; a task may move them out.
  std::optional<PipeWriter> input;  ///< its standard input
  std::optional<PipeReader> out;    ///< its standard output
  std::optional<PipeReader> err;    ///< its standard error

  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;
  ~Child();

  /// Returns: its number.
  pid_t id() const noexcept;
  /// Returns: the processor time, of user and system, that it and those of its children that it has waited for have used; 0
  ///   until wait() has told its end.
  std::chrono::microseconds processor_time() const noexcept;

  /// Waits until the process has ended. It closes `input` first, since many processes read until their input ends.
  ///
  /// Returns: how it ended, again and again; or the error.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: nothing to lose: the process runs on, and the next call waits for it.
  Task<IoResult<ExitStatus>> wait();
  /// Reads all that the process prints to the pipes, and waits for its end. Of each pipe, the first `cap` bytes are kept;
  /// what comes behind them is read, and forgotten, so that the process can go on.
  ///
  /// Returns: what it has printed, and how it ended; or the error.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: not safe: dropped while it waits, what has come is lost.
  Task<IoResult<Output>> wait_with_output(std::size_t cap = std::size_t{16} << 20U);

  /// Sends it a signal, or its whole group if it has one. Returns: nothing; or the error, std::errc::no_such_process once
  ///   wait() has told its end.
  IoResult<void> send_signal(int signal) noexcept;
  /// Sends SIGKILL, as send_signal() does, and reaches it even if it has left its group.
  IoResult<void> kill() noexcept;

 private:
  friend class Command;
  struct State;
  explicit Child(std::unique_ptr<State> state) noexcept;

  std::unique_ptr<State> state_;
};

/// A process that is to be started:
///
///     Command gcc("gcc");
///     gcc.arg("--version").out(Stdio::pipe);
///     auto output = co_await gcc.output();
///
/// The process gets no descriptor but its three streams and those of inherit(), no blocked signal, and does not ignore
/// SIGPIPE. To start it takes as long however much memory we have: the calling thread waits until the program runs.
/// Thread-safety: one thread at a time.
class Command {
 public:
  /// What one of the three streams is.
  enum class Stdio {
    inherit,  ///< ours
    null,     ///< /dev/null
    pipe,     ///< a pipe, whose other end the Child has
  };

  /// `program`: a path, or the name of a program in one of the folders of PATH.
  explicit Command(std::string program) : arguments_{std::move(program)} {}

  /// Adds an argument.
  Command& arg(std::string argument);
  /// Adds arguments.
  Command& args(const std::vector<std::string>& arguments);
  /// Sets a variable of its environment; the others are ours.
  Command& env(const std::string& name, const std::string& value);
  /// Leaves out all of our variables.
  Command& clear_env();
  /// Sets the folder in which it runs; else that is ours.
  Command& current_dir(std::string folder);
  /// Sets its standard input.
  Command& in(Stdio stream) noexcept;
  /// Sets its standard output.
  Command& out(Stdio stream) noexcept;
  /// Sets its standard error.
  Command& err(Stdio stream) noexcept;
  /// Sends its standard error where its standard output goes, until err() says something else. Child::err is none.
  Command& err_into_out() noexcept;
  /// Gives it a descriptor of ours under a number from 3 on. Close-on-exec does not matter.
  ///
  /// Requires: `ours` is open when spawn() is called, else that gives std::errc::bad_file_descriptor; each number is given
  ///   once.
  Command& inherit(int ours, int theirs);
  /// Limits a resource of it and of what it starts, as setrlimit(2) does: RLIMIT_AS in bytes, RLIMIT_CPU in seconds, ….
  /// Where our own limit is lower, that stays: a limit is never raised.
  Command& limit(int resource, rlim_t soft, rlim_t hard);
  /// Makes it the leader of a group of its own (false by default): signals, and the kill of a drop, reach what it starts.
  Command& own_group(bool own = true) noexcept;
  /// Makes it the leader of a group of its own, and kills what is left of that group once the process has ended: when
  /// wait() notices the end, and before another group can get its number (false by default). What left the group lives on.
  Command& kill_group_at_end(bool kills = true) noexcept;
  /// Kills it when the thread that called spawn() ends, and so when we are killed (false by default). What it starts does
  /// not die with it, nor does a program that changes its user as it starts (set-user-ID).
  Command& die_with_parent(bool dies = true) noexcept;
  /// Whether the destructor of the Child kills the process (true by default).
  Command& kill_on_drop(bool kills) noexcept;

  /// Starts the process. Returns: the child; or the error, std::errc::no_such_file_or_directory if there is no such program.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  IoResult<Child> spawn() const;
  /// Starts it, and waits for its end. Requires: the Command outlives the await.
  /// Returns: how it ended, or the error. Throws: as spawn().
  /// Thread-safety: any task.
  /// Cancel-safety: dropped while it waits, the process is killed, unless kill_on_drop is false.
  Task<IoResult<ExitStatus>> status() const;
  /// Starts it with pipes for its output and its errors, and without input unless that was set. As
  /// Child::wait_with_output() otherwise. Throws: as spawn().
  /// Thread-safety: any task.
  /// Cancel-safety: as status().
  Task<IoResult<Output>> output(std::size_t cap = std::size_t{16} << 20U) const;

 private:
  struct Inherited {
    int ours;
    int theirs;
  };
  struct Limit {
    int resource;
    rlim_t soft;
    rlim_t hard;
  };

  std::vector<std::string> arguments_;
  std::vector<std::pair<std::string, std::string>> variables_;
  bool inherits_variables_ = true;
  std::string folder_;
  std::optional<Stdio> in_, out_, err_;
  bool err_into_out_ = false;
  std::vector<Inherited> inherited_;
  std::vector<Limit> limits_;
  bool own_group_ = false;
  bool kill_group_at_end_ = false;
  bool dies_with_parent_ = false;
  bool kill_on_drop_ = true;
};

}  // namespace corokit::io
