// The workloads on corokit.
#include "workloads.hpp"

#include <corokit/runtime.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

namespace {

struct Corokit {
  template <class T = void>
  using Task = corokit::Task<T>;
  using Notify = corokit::Notify;

  void run(Task<> task) { runtime.block_on(std::move(task)); }
  static auto spawn(Task<> task) { return corokit::spawn(std::move(task)); }
  static auto yield() { return corokit::yield_now(); }
  template <class T>
  static auto channel(std::size_t capacity) {
    auto [tx, rx] = corokit::mpsc::channel<T>(capacity);
    return std::pair(std::move(tx), std::move(rx));
  }
  static Task<> timeout_in_an_hour(Task<> task) {
    (void)co_await corokit::timeout(std::chrono::hours(1), std::move(task));
  }

  corokit::Runtime runtime = corokit::Runtime::multi_thread(2);
};

}  // namespace

int main(int argc, char** argv) {
  return assemble::run_all<Corokit>(argc, argv);
}
