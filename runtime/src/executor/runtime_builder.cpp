#include "current_thread.hpp"
#include "global_queue.hpp"
#include "multi_thread.hpp"

#include "io/signal_bell.hpp"

#include <corokit/runtime.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace corokit {
namespace {

constexpr std::size_t kMostWorkers = 1024;
constexpr std::size_t kMostCharacters = 15;  // of the name of a thread

/// Returns: the value of a variable of the environment; empty if it is not set.
std::string_view value_of(const char* variable) {
  const char* const value = std::getenv(variable);
  return value ? value : "";
}

[[noreturn]] void refuse(const char* variable, std::string_view value, const char* must_be) {
  throw std::invalid_argument(std::string("corokit: the environment variable ") + variable + " is '" +
                              std::string(value) + "', but it must be " + must_be);
}

/// Calls `set` with the number that the variable holds, unless the variable is empty. `must_be` says which numbers are
/// right, of which `least` is the least and `most` the greatest.
template <class Set>
void read_number(const char* variable, std::size_t least, std::size_t most, const char* must_be, Set set) {
  const std::string_view value = value_of(variable);
  if (value.empty()) return;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_whole = error == std::errc() && end == value.data() + value.size();
  if (!is_whole || number < least || number > most) refuse(variable, value, must_be);
  set(number);
}

}  // namespace

RuntimeBuilder& RuntimeBuilder::multi_thread() noexcept {
  kind_ = Kind::multi_thread;
  return *this;
}

RuntimeBuilder& RuntimeBuilder::global_queue() noexcept {
  kind_ = Kind::global_queue;
  return *this;
}

RuntimeBuilder& RuntimeBuilder::current_thread() noexcept {
  kind_ = Kind::current_thread;
  return *this;
}

RuntimeBuilder& RuntimeBuilder::workers(std::size_t count) {
  if (count == 0 || count > kMostWorkers)
    throw std::invalid_argument("corokit: a runtime has 1 to 1024 workers, not " + std::to_string(count));
  workers_ = count;
  return *this;
}

RuntimeBuilder& RuntimeBuilder::thread_name(std::string name) {
  if (name.size() > kMostCharacters)
    throw std::invalid_argument("corokit: the name of a thread has at most 15 characters, but '" + name +
                                "' has " + std::to_string(name.size()));
  options_.thread_name = [kept = std::move(name)](std::size_t) { return kept; };
  return *this;
}

RuntimeBuilder& RuntimeBuilder::thread_name(std::function<std::string(std::size_t index)> name) {
  options_.thread_name = std::move(name);
  return *this;
}

RuntimeBuilder& RuntimeBuilder::on_thread_start(std::function<void()> hook) {
  options_.on_thread_start = std::move(hook);
  return *this;
}

RuntimeBuilder& RuntimeBuilder::on_thread_stop(std::function<void()> hook) {
  options_.on_thread_stop = std::move(hook);
  return *this;
}

RuntimeBuilder& RuntimeBuilder::on_task_start(std::function<void(TaskId, const std::string&)> hook) {
  options_.tasks.on_start = std::move(hook);
  return *this;
}

RuntimeBuilder& RuntimeBuilder::on_task_end(std::function<void(TaskId, const std::string&)> hook) {
  options_.tasks.on_end = std::move(hook);
  return *this;
}

RuntimeBuilder& RuntimeBuilder::blocking_limit(std::size_t threads) {
  if (threads == 0)
    throw std::invalid_argument("corokit: spawn_blocking() needs at least one thread: the limit is 0");
  options_.blocking_limit = threads;
  return *this;
}

RuntimeBuilder& RuntimeBuilder::blocking_keep_alive(AnyDuration duration) noexcept {
  options_.blocking_keep_alive = duration;
  return *this;
}

RuntimeBuilder& RuntimeBuilder::dump_on_signal(int kind) {
  if (!io::can_be_handled(kind))
    throw std::invalid_argument("corokit: no dump can be made on signal " + std::to_string(kind) +
                                ", which a program cannot handle, or which reports a fault");
  dump_signal_ = kind;
  return *this;
}

RuntimeBuilder& RuntimeBuilder::on_unhandled_exception(
    std::function<void(const UnhandledException&)> handler) {
  options_.on_unhandled_exception = std::move(handler);
  return *this;
}

RuntimeBuilder& RuntimeBuilder::from_env() {
  RuntimeBuilder next = *this;  // so that a wrong value changes nothing
  const std::string_view kind = value_of("COROKIT_RUNTIME");
  if (kind == "multi_thread")
    next.multi_thread();
  else if (kind == "global_queue")
    next.global_queue();
  else if (kind == "current_thread")
    next.current_thread();
  else if (!kind.empty())
    refuse("COROKIT_RUNTIME", kind, "multi_thread, global_queue or current_thread");
  read_number("COROKIT_WORKERS", 1, kMostWorkers, "a whole number from 1 to 1024",
              [&](std::size_t count) { next.workers(count); });
  const std::string_view name = value_of("COROKIT_THREAD_NAME");
  if (name.size() > kMostCharacters) refuse("COROKIT_THREAD_NAME", name, "a name of at most 15 characters");
  if (!name.empty()) next.thread_name(std::string(name));
  read_number("COROKIT_BLOCKING_LIMIT", 1, SIZE_MAX, "a whole number from 1 on",
              [&](std::size_t threads) { next.blocking_limit(threads); });
  read_number(
      "COROKIT_BLOCKING_KEEP_ALIVE_MS", 0, SIZE_MAX, "a whole number of milliseconds",
      [&](std::size_t ms) { next.blocking_keep_alive(std::chrono::duration<std::size_t, std::milli>(ms)); });
  return *this = std::move(next);
}

Runtime RuntimeBuilder::build() const {
  std::unique_ptr<detail::Executor> executor = make_executor();
  if (dump_signal_) executor->dump_on_signal(*dump_signal_);
  return Runtime(std::move(executor));
}

std::unique_ptr<detail::Executor> RuntimeBuilder::make_executor() const {
  detail::ExecutorOptions options = options_;
  if (kind_ == Kind::current_thread)
    return std::make_unique<detail::CurrentThreadExecutor>(std::move(options));
  const auto workers = static_cast<std::uint32_t>(workers_.value_or(Runtime::default_workers()));
  if (kind_ == Kind::global_queue)
    return std::make_unique<detail::GlobalQueueExecutor>(workers, std::move(options));
  return std::make_unique<detail::MultiThreadExecutor>(workers, std::move(options));
}

}  // namespace corokit
