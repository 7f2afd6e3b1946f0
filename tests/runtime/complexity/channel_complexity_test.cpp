// What the headers of the channels promise of n waiters, receivers and messages.
#include <corokit/runtime.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/watch.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

#include "complexity/table.hpp"

namespace corokit::test {
namespace {

/// Fills a channel of capacity 1, so that further senders wait.
mpsc::Channel<int> full_channel() {
  auto channel = mpsc::channel<int>(1);
  static_cast<void>(channel.tx.try_send(0));
  return channel;
}

const Row kMpsc[]{
    {"SendAndReceive",
     [](Count& count, std::size_t n) {
       auto channel = mpsc::channel<int>(n);
       count.start();
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.tx.try_send(1));
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.rx.try_recv());
       count.stop();
     },
     Growth::linear,
     {.once = 1, .each = 1 / 32.0}},
    {"UnboundedSendAndReceive",
     [](Count& count, std::size_t n) {
       auto channel = mpsc::unbounded_channel<int>();
       count.start();
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.tx.send(1));
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.rx.try_recv());
       count.stop();
     },
     Growth::linear,
     {.once = 1, .each = 1 / 32.0}},
    {"ReceiveMany",
     [](Count& count, std::size_t n) {
       auto channel = mpsc::channel<int>(n);
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.tx.try_send(1));
       std::vector<int> into;
       into.reserve(n);
       count.start();
       static_cast<void>(channel.rx.blocking_recv_many(into, n));
       count.stop();
       EXPECT_EQ(into.size(), n);
     }},
    {"SendersArrive",
     [](Count& count, std::size_t n) {
       auto channel = full_channel();
       count_arrivals(count, n, [&] { return channel.tx.send(1); });
     }},
    {"ReceivesWhileSendersWait",
     [](Count& count, std::size_t n) {
       auto channel = full_channel();
       const auto waiting = wait_times(n, [&] { return channel.tx.send(1); });
       count.start();
       for (const auto& each : waiting) {
         static_cast<void>(channel.rx.try_recv());
         each->poll();
       }
       count.stop();
     },
     Growth::linear,
     {.once = 1, .each = 1 / 32.0}},
    {"DropsOfSends",
     [](Count& count, std::size_t n) {
       auto channel = full_channel();
       count_drops(count, n, [&] { return channel.tx.send(1); });
     }},
    {"DropsOfReservations",
     [](Count& count, std::size_t n) {
       auto channel = full_channel();
       count_drops(count, n, [&] { return channel.tx.reserve(); });
     }},
    {"DropsOfWaitsForTheClose",
     [](Count& count, std::size_t n) {
       auto channel = full_channel();
       count_drops(count, n, [&] { return channel.tx.closed(); });
     }},
    {"CloseWhileSendersWait",
     [](Count& count, std::size_t n) {
       auto channel = full_channel();
       const auto waiting = wait_times(n, [&] { return channel.tx.send(1); });
       const auto told = wait_times(n, [&] { return channel.tx.closed(); });
       count.start();
       channel.rx.close();
       count.stop();
     }},
    {"SendersComeAndGo",
     [](Count& count, std::size_t n) {
       auto channel = full_channel();
       std::vector<mpsc::Sender<int>> senders;
       senders.reserve(n);
       count.start();
       for (std::size_t i = 0; i < n; ++i) senders.push_back(channel.tx);
       senders.clear();
       count.stop();
     }},
    {"Length",
     [](Count& count, std::size_t n) {
       auto channel = mpsc::channel<int>(n);
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.tx.try_send(1));
       count.start();
       EXPECT_EQ(channel.rx.len(), n);
       EXPECT_EQ(channel.tx.capacity(), 0u);
       count.stop();
     },
     Growth::logarithmic},
};
COROKIT_TEST_COMPLEXITY(MpscComplexity, kMpsc);

const Row kOneshot[]{
    {"ManyChannels",
     [](Count& count, std::size_t n) {
       std::vector<oneshot::Channel<int>> channels;
       channels.reserve(n);
       count.start();
       for (std::size_t i = 0; i < n; ++i) channels.push_back(oneshot::channel<int>());
       for (auto& channel : channels) static_cast<void>(channel.tx.send(1));
       for (auto& channel : channels) static_cast<void>(channel.rx.try_recv());
       channels.clear();
       count.stop();
     },
     Growth::linear,
     {.once = 0, .each = 1}},
};
COROKIT_TEST_COMPLEXITY(OneshotComplexity, kOneshot);

/// Makes `n` receivers of the channel.
std::vector<std::unique_ptr<broadcast::Receiver<int>>> receivers_of(const broadcast::Sender<int>& tx,
                                                                    std::size_t n) {
  std::vector<std::unique_ptr<broadcast::Receiver<int>>> receivers;
  receivers.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    receivers.push_back(std::make_unique<broadcast::Receiver<int>>(tx.subscribe()));
  return receivers;
}

const Row kBroadcast[]{
    {"SendWhileNobodyWaits",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       const auto receivers = receivers_of(channel.tx, n);
       count.start();
       static_cast<void>(channel.tx.send(1));
       count.stop();
     },
     Growth::logarithmic},
    {"SendWakesReceivers",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       const auto receivers = receivers_of(channel.tx, n);
       std::size_t next = 0;
       const auto waiting = wait_times(n, [&] { return receivers[next++]->recv(); });
       count.start();
       static_cast<void>(channel.tx.send(1));
       count.stop();
     }},
    {"DropsOfReceives",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       const auto receivers = receivers_of(channel.tx, n);
       std::size_t next = 0;
       count_drops(count, n, [&] { return receivers[next++ % n]->recv(); });
     }},
    {"EveryReceiverReads",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       const auto receivers = receivers_of(channel.tx, n);
       static_cast<void>(channel.tx.send(1));
       count.start();
       for (const auto& receiver : receivers) static_cast<void>(receiver->try_recv());
       count.stop();
     }},
    {"AReceiverThatLagsGoesOn",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.tx.send(1));
       count.start();
       EXPECT_TRUE(channel.rx.try_recv().error().is_lagged());
       count.stop();
     },
     Growth::logarithmic},
    {"ReceiversComeAndGo",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       count.start();
       receivers_of(channel.tx, n).clear();
       count.stop();
     },
     Growth::linear,
     {.once = 1, .each = 1}},
    {"AReceiverLeavesUnreadMessages",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(n);
       auto receivers = receivers_of(channel.tx, 1);
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.tx.send(1));
       count.start();
       receivers.clear();
       count.stop();
     }},
    {"Length",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(n);
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(channel.tx.send(1));
       count.start();
       EXPECT_EQ(channel.tx.len(), n);
       count.stop();
     },
     Growth::logarithmic},
    {"WaitsForNoReceiverEnd",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       auto receivers = receivers_of(channel.tx, 1);
       { const auto first = std::move(channel.rx); }
       const auto waiting = wait_times(n, [&] { return channel.tx.closed(); });
       count.start();
       receivers.clear();
       count.stop();
     }},
    {"DropsOfWaitsForNoReceiver",
     [](Count& count, std::size_t n) {
       auto channel = broadcast::channel<int>(4);
       count_drops(count, n, [&] { return channel.tx.closed(); });
     }},
    {"Channel",
     [](Count& count, std::size_t n) {
       count.start();
       { const auto channel = broadcast::channel<int>(n); }
       count.stop();
     },
     Growth::linear,
     {.once = 2}},
};
COROKIT_TEST_COMPLEXITY(BroadcastComplexity, kBroadcast);

const Row kWatch[]{
    {"SendWhileNobodyWaits",
     [](Count& count, std::size_t n) {
       auto channel = watch::channel(0);
       const std::vector<watch::Receiver<int>> receivers(n, channel.rx);
       count.start();
       static_cast<void>(channel.tx.send(1));
       count.stop();
     },
     Growth::logarithmic,
     {.once = 1}},
    {"SendWakesReceivers",
     [](Count& count, std::size_t n) {
       auto channel = watch::channel(0);
       std::vector<watch::Receiver<int>> receivers(n, channel.rx);
       std::size_t next = 0;
       const auto waiting = wait_times(n, [&] { return receivers[next++].changed(); });
       count.start();
       static_cast<void>(channel.tx.send(1));
       count.stop();
     },
     Growth::linear,
     {.once = 1}},
    {"DropsOfWaitsForAChange",
     [](Count& count, std::size_t n) {
       auto channel = watch::channel(0);
       std::vector<watch::Receiver<int>> receivers(n, channel.rx);
       std::size_t next = 0;
       count_drops(count, n, [&] { return receivers[next++ % n].changed(); });
     }},
    {"EveryReceiverBorrows",
     [](Count& count, std::size_t n) {
       auto channel = watch::channel(0);
       std::vector<watch::Receiver<int>> receivers(n, channel.rx);
       std::vector<watch::Ref<int>> borrowed;
       borrowed.reserve(n);
       count.start();
       for (auto& receiver : receivers) borrowed.push_back(receiver.borrow_and_update());
       borrowed.clear();
       count.stop();
     }},
    {"ReceiversComeAndGo",
     [](Count& count, std::size_t n) {
       auto channel = watch::channel(0);
       count.start();
       { const std::vector<watch::Receiver<int>> receivers(n, channel.rx); }
       count.stop();
     },
     Growth::linear,
     {.once = 1, .each = 1}},
    {"WaitsForNoReceiverEnd",
     [](Count& count, std::size_t n) {
       auto channel = watch::channel(0);
       const auto waiting = wait_times(n, [&] { return channel.tx.closed(); });
       count.start();
       { const auto last = std::move(channel.rx); }
       count.stop();
     }},
    {"DropsOfWaitsForNoReceiver",
     [](Count& count, std::size_t n) {
       auto channel = watch::channel(0);
       count_drops(count, n, [&] { return channel.tx.closed(); });
     }},
};
COROKIT_TEST_COMPLEXITY(WatchComplexity, kWatch);

}  // namespace
}  // namespace corokit::test
