// The workloads on the runtime that the sixteen files of the ladder make.
#include <04_oneshot/oneshot.hpp>
#include <05_notify/notify.hpp>
#include <08_timers/timers.hpp>
#include <09_mpsc/mpsc.hpp>
#include <13_select/select.hpp>
#include <16_pool/pool.hpp>

#include "workloads.hpp"

namespace {

struct Mini {
  template <class T = void>
  using Task = mini::Task<T>;
  using Notify = mini::Notify;

  Mini() { current = this; }

  void run(Task<> task) { mini::block_on(wait_for(spawn(std::move(task)))); }

  /// A pool's task has no handle: a channel for one answer tells that it has ended.
  static mini::oneshot::Receiver<bool> spawn(Task<> task) {
    auto ends = mini::oneshot::channel<bool>();
    current->pool.spawn(run_and_tell(std::move(task), std::move(ends.first)));
    return std::move(ends.second);
  }
  static auto yield() { return mini::yield(); }
  template <class T>
  static auto channel(std::size_t capacity) {
    return mini::mpsc::channel<T>(capacity);
  }
  static Task<> timeout_in_an_hour(Task<> task) {
    (void)co_await mini::timeout(current->timers, 3'600'000, std::move(task));
  }

 private:
  static Task<> run_and_tell(Task<> task, mini::oneshot::Sender<bool> ended) {
    co_await std::move(task);
    ended.send(true);
  }
  static Task<> wait_for(mini::oneshot::Receiver<bool> ended) { (void)co_await ended; }

  static inline Mini* current = nullptr;

  mini::Timers timers;  // nobody advances them: no timeout comes
  mini::Pool<> pool{2};
};

}  // namespace

int main(int argc, char** argv) {
  return assemble::run_all<Mini>(argc, argv);
}
