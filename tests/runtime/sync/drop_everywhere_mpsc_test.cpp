// Drops operations of mpsc channels after each of their steps, as drop_everywhere_test.cpp does.
#include <corokit/sync/mpsc.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <vector>

#include "support/drop_everywhere.hpp"

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

/// Checks that the messages are received in the order in which they were sent, and none twice.
struct MessagesScenario : ScenarioBase {
  int sent = 0;
  std::vector<int> got;

  /// Checks all messages that were received or are still queued. A sender that was dropped in the middle may have sent
  /// one message that it did not count, but not two.
  bool all_in_order(mpsc::Receiver<int>& rx) {
    while (auto message = rx.try_recv()) got.push_back(*message);
    for (std::size_t i = 0; i < got.size(); ++i)
      if (got[i] != static_cast<int>(i)) return false;
    const auto extra = static_cast<int>(got.size()) - sent;
    return extra >= 0 && extra <= 1;
  }
};

struct BoundedScenario : MessagesScenario {
  mpsc::Channel<int> channel;
  explicit BoundedScenario(std::size_t capacity) : channel(mpsc::channel<int>(capacity)) {}

  Task<void> send_three() {
    for (int i = 0; i < 3; ++i)
      if (co_await channel.tx.send(i)) ++sent;
  }
  Task<void> receive_three() {
    for (int i = 0; i < 3; ++i) got.push_back(*co_await channel.rx.recv());
  }
  Task<bool> again() {
    const bool right = all_in_order(channel.rx);
    static_cast<void>(co_await channel.tx.send(9));  // this would be a deadlock if room had been lost
    co_return (right && *co_await channel.rx.recv() == 9);
  }
};

struct RecvScenario : BoundedScenario {
  RecvScenario() : BoundedScenario(2) {}
  Task<void> operate() { return receive_three(); }
  Task<void> help() { return send_three(); }
};

struct SendScenario : BoundedScenario {
  SendScenario() : BoundedScenario(1) {}
  Task<void> operate() { return send_three(); }
  Task<void> help() { return receive_three(); }
};

struct RecvManyScenario : MessagesScenario {
  mpsc::UnboundedChannel<int> channel = mpsc::unbounded_channel<int>();
  Task<void> operate() {
    while (got.size() < 4) static_cast<void>(co_await channel.rx.recv_many(got, 2));
  }
  Task<void> help() {
    for (; sent < 4; ++sent) {
      static_cast<void>(channel.tx.send(sent));
      co_await yield_now();
    }
  }
  Task<bool> again() { co_return all_in_order(channel.rx); }
};

struct ReserveScenario : ScenarioBase {
  mpsc::Channel<int> channel = mpsc::channel<int>(3);
  Task<void> operate() {
    {
      auto permits = co_await channel.tx.reserve_many(3);
      co_await yield_now();
    }
    const auto permit = co_await channel.tx.reserve();
    co_await yield_now();
    const auto owned = co_await channel.tx.reserve_owned();
  }
  Task<void> help() {
    const auto permits = co_await channel.tx.reserve_many(2);
    co_await yield_now();
  }
  Task<bool> again() {
    const bool all_back = channel.tx.capacity() == 3 && channel.tx.strong_count() == 1;
    const auto permits = co_await channel.tx.reserve_many(3);
    co_return (all_back && permits.has_value());
  }
};

using Scenarios = ::testing::Types<RecvScenario, SendScenario, RecvManyScenario, ReserveScenario>;
INSTANTIATE_TYPED_TEST_SUITE_P(Mpsc, DropEverywhereOf, Scenarios);

}  // namespace
}  // namespace corokit::test
