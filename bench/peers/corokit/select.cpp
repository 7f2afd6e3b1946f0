// The loop of a server: a message or a cancellation, whichever comes first. And a timeout around a ready operation.
#include <corokit/select.hpp>

#include "harness.hpp"
#include "started.hpp"

#include <corokit/pin.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/timeout.hpp>

#include <stdexcept>
#include <variant>

namespace peers {
namespace {

constexpr std::uint64_t kMessages = 100'000;
using Receiver = mpsc::Receiver<std::uint64_t>;
using TakeAll = Task<std::uint64_t> (*)(Receiver, CancellationToken);

Task<std::uint64_t> baseline(Receiver rx, CancellationToken) {
  std::uint64_t sum = 0;
  while (const auto message = co_await rx.recv()) sum += *message;
  co_return sum;
}

Task<std::uint64_t> random(Receiver rx, CancellationToken token) {
  for (std::uint64_t sum = 0;;) {
    const auto first = co_await select(rx.recv(), token.cancelled());
    if (first.index() == 1) co_return 0;
    if (!std::get<0>(first)) co_return sum;
    sum += *std::get<0>(first);
  }
}

Task<std::uint64_t> recv_first(Receiver rx, CancellationToken token) {
  for (std::uint64_t sum = 0;;) {
    const auto first = co_await select(biased, rx.recv(), token.cancelled());
    if (first.index() == 1) co_return 0;
    if (!std::get<0>(first)) co_return sum;
    sum += *std::get<0>(first);
  }
}

Task<std::uint64_t> cancel_first(Receiver rx, CancellationToken token) {
  for (std::uint64_t sum = 0;;) {
    const auto first = co_await select(biased, token.cancelled(), rx.recv());
    if (first.index() == 0) co_return 0;
    if (!std::get<1>(first)) co_return sum;
    sum += *std::get<1>(first);
  }
}

Task<std::uint64_t> pinned(Receiver rx, CancellationToken token) {
  auto cancelled = pin(token.cancelled());
  for (std::uint64_t sum = 0;;) {
    const auto first = co_await select(rx.recv(), cancelled);
    if (first.index() == 1) co_return 0;
    if (!std::get<0>(first)) co_return sum;
    sum += *std::get<0>(first);
  }
}

/// Measures a loop that receives messages which are all in the channel, and then its end.
Task<Duration> take_rounds(std::uint64_t rounds, TakeAll take_all) {
  const CancellationToken token;
  Duration took{};
  for (std::uint64_t round = 0; round < rounds; ++round) {
    auto channel = mpsc::channel<std::uint64_t>(kMessages);
    for (std::uint64_t i = 0; i < kMessages; ++i) (void)channel.tx.try_send(i);
    { const auto last = std::move(channel.tx); }
    const auto start = Clock::now();
    const std::uint64_t sum = co_await take_all(std::move(channel.rx), token);
    took += Clock::now() - start;
    if (sum != kMessages * (kMessages - 1) / 2) throw std::logic_error("messages were lost");
  }
  co_return took;
}

template <TakeAll kTakeAll>
void measure(const Run& run) {
  const auto rounds = run.count(50);
  run.emit_per_op("", run.root(take_rounds(rounds, kTakeAll)), rounds * kMessages);
}

Task<void> time_out_often(std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    const auto result = co_await timeout(1s, Ready<std::uint64_t>(i));
    if (!result || *result != i) throw std::logic_error("a ready operation timed out");
  }
}

void timeout_ready(const Run& run) {
  const auto times = run.count(2'000'000);
  run.emit_per_op("", run.root(timed(time_out_often(times))), times);
}

const Suite suite{
    {"select_none_baseline", measure<baseline>},       {"select_random", measure<random>},
    {"select_biased_recv_first", measure<recv_first>}, {"select_biased_cancel_first", measure<cancel_first>},
    {"select_random_pinned", measure<pinned>},         {"timeout_ready", timeout_ready}};

}  // namespace
}  // namespace peers
