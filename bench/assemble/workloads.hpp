#pragma once
// What the assembled runtime and corokit are both timed with. A runtime R has
//   R::Task<T>                        a coroutine
//   R::run(Task<>)                    runs a task on workers, and blocks until it has ended
//   R::spawn(Task<>)                  starts a task; co_await what it returns waits for its end
//   R::yield()                        co_await it to let others run
//   R::Notify                         notify_one(), co_await notified()
//   R::channel<T>(capacity)           a pair of sender and receiver: co_await send(), co_await recv()
//   R::timeout_in_an_hour(Task<>)     a task with a timeout that does not come
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

namespace assemble {

template <class R>
struct Workloads {
  template <class T = void>
  using Task = typename R::template Task<T>;

  static Task<> nothing() { co_return; }

  /// A thousand tasks at a time, then the end of each is awaited.
  static Task<> spawn_and_await(int tasks) {
    constexpr int kAtOnce = 1'000;
    for (int begun = 0; begun < tasks; begun += kAtOnce) {
      std::vector<decltype(R::spawn(nothing()))> handles;
      handles.reserve(kAtOnce);
      for (int i = 0; i < kAtOnce; ++i) handles.push_back(R::spawn(nothing()));
      for (auto& handle : handles) (void)co_await handle;
    }
  }

  static Task<> give_way(int times) {
    for (int i = 0; i < times; ++i) co_await R::yield();
  }
  static Task<> yields(int times) {
    constexpr int kTasks = 10;
    std::vector<decltype(R::spawn(nothing()))> handles;
    for (int i = 0; i < kTasks; ++i) handles.push_back(R::spawn(give_way(times / kTasks)));
    for (auto& handle : handles) (void)co_await handle;
  }

  using Ball = std::array<typename R::Notify, 2>;
  static Task<> play(Ball& ball, int side, int rounds) {
    for (int i = 0; i < rounds; ++i) {
      co_await ball[side].notified();
      ball[1 - side].notify_one();
    }
  }
  static Task<> ping_pong(int rounds) {
    Ball ball;
    auto first = R::spawn(play(ball, 0, rounds));
    auto second = R::spawn(play(ball, 1, rounds));
    ball[0].notify_one();
    (void)co_await first;
    (void)co_await second;
  }

  template <class Sender>
  static Task<> send(Sender sender, int messages) {
    for (int i = 0; i < messages; ++i) (void)co_await sender.send(i);
  }
  static Task<> messages(int count) {
    auto ends = R::template channel<int>(64);
    auto sending = R::spawn(send(std::move(ends.first), count));
    for (;;) {
      auto message = co_await ends.second.recv();
      if (!message) break;
    }
    (void)co_await sending;
  }

  static Task<> give_way_once() { co_await R::yield(); }
  static Task<> timeouts(int count) {
    for (int i = 0; i < count; ++i) co_await R::timeout_in_an_hour(give_way_once());
  }
};

/// Runs each workload once, and prints its name, and how many nanoseconds one of its operations took.
/// The argument says how often: 1 is about 30 ms each.
template <class R>
int run_all(int argc, char** argv) {
  using W = Workloads<R>;
  const std::string_view text = argc > 1 ? argv[1] : "";
  int scale = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), scale).ec != std::errc() || scale < 1 ||
      scale > 1'000) {
    std::fprintf(stderr, "Usage: %s SCALE\n", argv[0]);
    return 2;
  }
  struct Workload {
    const char* name;
    typename W::template Task<> (*make)(int);
    int operations;
  };
  const std::array<Workload, 5> all{{{"spawn and await", W::spawn_and_await, 50'000},
                                     {"yield", W::yields, 500'000},
                                     {"ping-pong", W::ping_pong, 200'000},
                                     {"channel", W::messages, 100'000},
                                     {"timeout", W::timeouts, 100'000}}};
  for (const Workload& workload : all) {
    R runtime;
    runtime.run(workload.make(workload.operations / 10));  // so that the caches are warm
    const int operations = workload.operations * scale;
    const auto begin = std::chrono::steady_clock::now();
    runtime.run(workload.make(operations));
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    std::printf("%s\t%.2f\n", workload.name, time.count() / operations);
  }
  return 0;
}

}  // namespace assemble
