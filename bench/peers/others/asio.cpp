// The workloads of bench/peers that Asio can run: coroutines, post, timers, channels and sockets.
#include "harness.hpp"

#include <asio.hpp>
#include <asio/experimental/concurrent_channel.hpp>

#include <sys/resource.h>
#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace peers {
namespace {

using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::io_context;
using asio::use_awaitable;

/// Runs a root on one or two threads until it and everything that it started are over.
Clock::duration run_root(const Run& run, awaitable<void> (*root)(io_context&, std::uint64_t),
                         std::uint64_t number) {
  io_context context(run.threads());
  const auto start = Clock::now();
  co_spawn(context, root(context, number), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  std::vector<std::thread> more;
  for (int i = 1; i < run.threads(); ++i) more.emplace_back([&context] { context.run(); });
  context.run();
  for (auto& thread : more) thread.join();
  return Clock::now() - start;
}

awaitable<void> nothing() {
  co_return;
}

awaitable<void> spawn_root(io_context& context, std::uint64_t tasks) {
  for (std::uint64_t i = 0; i < tasks; ++i) co_spawn(context, nothing(), detached);
  co_return;
}

void spawn_await(const Run& run) {
  const auto tasks = run.count(1'000'000);
  run.emit_per_op("", run_root(run, spawn_root, tasks), tasks);
}

awaitable<void> give_way(io_context& context, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) co_await asio::post(context, use_awaitable);
}

constexpr std::uint64_t kTasks = 200;
constexpr std::uint64_t kYields = 1'000;

awaitable<void> give_way_together(io_context& context, std::uint64_t yields) {
  for (std::uint64_t i = 0; i < kTasks; ++i) co_spawn(context, give_way(context, yields), detached);
  co_return;
}

void yield_many(const Run& run) {
  const auto yields = run.count(10 * kYields);
  run.emit_per_op("", run_root(run, give_way_together, yields), kTasks * yields);
}

void yield_lone(const Run& run) {
  const auto yields = run.count(1'000'000);
  run.emit_per_op("", run_root(run, give_way, yields), yields);
}

using Channel = asio::experimental::concurrent_channel<void(asio::error_code, std::uint64_t)>;

awaitable<void> send_all(std::shared_ptr<Channel> channel, std::uint64_t messages) {
  for (std::uint64_t i = 0; i < messages; ++i)
    co_await channel->async_send(asio::error_code(), i, use_awaitable);
}

awaitable<void> receive_all(io_context& context, std::uint64_t messages) {
  const auto channel = std::make_shared<Channel>(context, 128);
  co_spawn(context, send_all(channel, messages), detached);
  for (std::uint64_t i = 0; i < messages; ++i) {
    const std::uint64_t message = co_await channel->async_receive(use_awaitable);
    if (message != i) throw std::logic_error("messages were lost");
  }
}

void bounded(const Run& run) {
  const auto messages = run.count(1'000'000);
  run.emit_per_op("", run_root(run, receive_all, messages), messages);
}

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double cpu_milliseconds() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

awaitable<void> sleep_until(io_context& context, Clock::time_point deadline) {
  asio::steady_timer timer(context, deadline);
  co_await timer.async_wait(use_awaitable);
}

awaitable<void> sleep_randomly(io_context& context, std::uint64_t tasks) {
  Random random;
  for (std::uint64_t i = 0; i < tasks; ++i)
    co_spawn(context, sleep_until(context, Clock::now() + std::chrono::milliseconds(1 + random.below(1'000))),
             detached);
  co_return;
}

void sleep_simple(const Run& run) {
  const double before = cpu_milliseconds();
  const auto took = run_root(run, sleep_randomly, run.count(1'000'000));
  run.emit("over_1000ms", "ms", milliseconds(took) - 1'000);
  run.emit("cpu", "cpu-ms", cpu_milliseconds() - before);
}

std::vector<double> late;  // each sleep has an element of its own

awaitable<void> be_late(io_context& context, std::chrono::microseconds duration, double* lateness) {
  const auto deadline = Clock::now() + duration;
  co_await sleep_until(context, deadline);
  *lateness = milliseconds(Clock::now() - deadline) * 1e3;
}

awaitable<void> be_late_together(io_context& context, std::uint64_t sleeps) {
  Random random;
  late.resize(sleeps);
  for (auto& one : late)
    co_spawn(context, be_late(context, std::chrono::microseconds(1'000 + random.below(999'001)), &one),
             detached);
  co_return;
}

void sleep_lateness(const Run& run) {
  run_root(run, be_late_together, run.count(10'000));
  std::sort(late.begin(), late.end());
  struct Share {
    const char* suffix;
    double share;
  };
  for (const auto& [suffix, share] : {Share{"min", 0}, {"p50", 0.5}, {"p99", 0.99}, {"max", 1}})
    run.emit(suffix, "us", late[static_cast<std::size_t>(static_cast<double>(late.size() - 1) * share)]);
}

using asio::ip::tcp;

constexpr std::size_t kMessage = 64;  // bytes

awaitable<void> answer(tcp::socket stream, std::uint64_t rounds) {
  std::array<char, kMessage> message;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    co_await asio::async_read(stream, asio::buffer(message), use_awaitable);
    co_await asio::async_write(stream, asio::buffer(message), use_awaitable);
  }
}

awaitable<void> ask(io_context& context, tcp::endpoint server, std::uint64_t rounds) {
  tcp::socket stream(context);
  co_await stream.async_connect(server, use_awaitable);
  stream.set_option(tcp::no_delay(true));
  std::array<char, kMessage> message{};
  for (std::uint64_t i = 0; i < rounds; ++i) {
    co_await asio::async_write(stream, asio::buffer(message), use_awaitable);
    co_await asio::async_read(stream, asio::buffer(message), use_awaitable);
  }
}

template <std::uint64_t kConnections>
awaitable<void> ping_pong_root(io_context& context, std::uint64_t rounds) {
  tcp::acceptor listener(context, {asio::ip::address_v4::loopback(), 0});
  for (std::uint64_t i = 0; i < kConnections; ++i)
    co_spawn(context, ask(context, listener.local_endpoint(), rounds), detached);
  for (std::uint64_t i = 0; i < kConnections; ++i) {
    tcp::socket stream = co_await listener.async_accept(use_awaitable);
    stream.set_option(tcp::no_delay(true));
    co_spawn(context, answer(std::move(stream), rounds), detached);
  }
}

void ping_pong_1(const Run& run) {
  const auto rounds = run.count(100'000);
  run.emit_per_op("", run_root(run, ping_pong_root<1>, rounds), rounds);
}

void ping_pong_1000(const Run& run) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;  // a thousand connections are two thousand descriptors
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const auto rounds = run.count(200);
  run.emit_per_op("", run_root(run, ping_pong_root<1'000>, rounds), 1'000 * rounds);
}

}  // namespace
}  // namespace peers

int main(int argc, char** argv) {
  return peers::run_workload(argc, argv,
                             {{"spawn_await_1m", peers::spawn_await},
                              {"yield_many", peers::yield_many},
                              {"yield_lone", peers::yield_lone},
                              {"mpsc_b128_1to1", peers::bounded},
                              {"io_ping_pong", peers::ping_pong_1},
                              {"io_ping_pong_1000", peers::ping_pong_1000},
                              {"sleep_1m_simple", peers::sleep_simple},
                              {"sleep_lateness_10k", peers::sleep_lateness}});
}
