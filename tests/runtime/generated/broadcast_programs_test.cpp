// Generated programs of a broadcast channel that keeps one message, against a model of all messages and a cursor for each
// receiver. To subscribe anew takes two moments: the new receiver comes before the old one goes.
#include <corokit/sync/broadcast.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kClosed = -1;
constexpr int kEmpty = -2;
constexpr int kGone = -3;
constexpr int kLagged = -10;  // less the number of messages that were missed

struct Subject {
  broadcast::Channel<Message> channel = broadcast::channel<Message>(1);
  std::array<std::optional<broadcast::Sender<Message>>, kThreads> tx{channel.tx, channel.tx, channel.tx};
  std::array<std::optional<broadcast::Receiver<Message>>, kThreads> rx;
  std::array<int, kThreads> sent{};

  Subject() {
    for (auto& receiver : rx) receiver.emplace(channel.rx.resubscribe());
    const auto first = std::move(channel);
  }
};

struct Model {
  std::vector<int> messages;
  int senders = kThreads;
  int receivers = kThreads;
  std::array<std::optional<std::size_t>, kThreads> cursor{0, 0, 0};
  std::array<bool, kThreads> has_tx{true, true, true};
  std::array<bool, kThreads> subscribes{};
  std::array<int, kThreads> sent{};

  Answer send(std::size_t thread) {
    if (!has_tx[thread]) return kGone;
    const int value = 10 * static_cast<int>(thread) + sent[thread]++;
    if (receivers == 0) return kClosed;
    messages.push_back(value);
    return receivers;
  }
  Answer drop_sender(std::size_t thread) {
    if (!std::exchange(has_tx[thread], false)) return kGone;
    --senders;
    return 0;
  }
  Answer receive(std::size_t thread) {
    subscribes[thread] = false;
    return end(thread);
  }
  Answer try_receive(std::size_t thread) {
    if (!cursor[thread]) return kGone;
    std::size_t& next = *cursor[thread];
    if (next == messages.size()) return senders == 0 ? kClosed : kEmpty;
    const std::size_t missed = messages.size() - 1 - next;
    next = messages.size() - (missed == 0 ? 0 : 1);
    return missed == 0 ? messages.back() : kLagged - static_cast<int>(missed);
  }
  Answer resubscribe(std::size_t thread) {
    if (!cursor[thread]) return kGone;
    subscribes[thread] = true;
    cursor[thread] = messages.size();
    ++receivers;
    return std::nullopt;
  }
  Answer drop_receiver(std::size_t thread) {
    if (!std::exchange(cursor[thread], std::nullopt)) return kGone;
    --receivers;
    return 0;
  }
  Answer end(std::size_t thread) {
    if (std::exchange(subscribes[thread], false)) {
      --receivers;
      return 0;
    }
    const Answer answer = try_receive(thread);
    return answer == kEmpty ? std::nullopt : answer;
  }
  void drop(std::size_t) {}
  Answer rest() {
    int all = 0;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      int answer = 0;
      do {
        answer = *try_receive(thread);
        all = 31 * all + answer;
      } while (answer != kGone && answer != kClosed && answer != kEmpty);
    }
    return all & 0xffff;
  }
};

template <class R>
int answer(const R& received) {
  if (received) return received->value();
  if (received.error().is_lagged()) return kLagged - static_cast<int>(received.error().missed());
  if constexpr (requires { received.error().is_empty(); })
    if (received.error().is_empty()) return kEmpty;
  return kClosed;
}
int send(Subject& s, Player& player) {
  const std::size_t thread = player.number();
  if (!s.tx[thread]) return kGone;
  const auto sent = s.tx[thread]->send(Message(10 * static_cast<int>(thread) + s.sent[thread]++));
  return sent ? static_cast<int>(*sent) : kClosed;
}
int receive(Subject& s, Player& player) {
  auto& rx = s.rx[player.number()];
  return rx ? player.await(rx->recv(), [](const auto& received) { return answer(received); }) : kGone;
}
int try_receive(Subject& s, Player& player) {
  auto& rx = s.rx[player.number()];
  return rx ? answer(rx->try_recv()) : kGone;
}
int resubscribe(Subject& s, Player& player) {
  auto& rx = s.rx[player.number()];
  if (!rx) return kGone;
  *rx = rx->resubscribe();
  return 0;
}
template <auto kEnds>
int drop(Subject& s, Player& player) {
  auto& end = (s.*kEnds)[player.number()];
  if (!end) return kGone;
  end.reset();
  return 0;
}
int rest(Subject& s, Player&) {
  int all = 0;
  for (auto& rx : s.rx) {
    int now = 0;
    do {
      now = rx ? answer(rx->try_recv()) : kGone;
      all = 31 * all + now;
    } while (now != kGone && now != kClosed && now != kEmpty);
  }
  return all & 0xffff;
}

const Primitive<Subject, Model> kBroadcast{
    .name = "broadcast of 1",
    .alphabet =
        {
            {"send", send, [](Model& m, std::size_t t) { return m.send(t); }},
            {"recv", receive, [](Model& m, std::size_t t) { return m.receive(t); }, 1},
            {"try_recv", try_receive, [](Model& m, std::size_t t) { return m.try_receive(t); }},
            {"resubscribe", resubscribe, [](Model& m, std::size_t t) { return m.resubscribe(t); }},
            {"drop the sender", drop<&Subject::tx>, [](Model& m, std::size_t t) { return m.drop_sender(t); }},
            {"drop the receiver", drop<&Subject::rx>,
             [](Model& m, std::size_t t) { return m.drop_receiver(t); }},
        },
    .observed = {"what is left", rest, [](Model& m, std::size_t) { return m.rest(); }},
};

TEST(BroadcastPrograms, ReachEachReceiverInOneOrder) {
  EXPECT_TRUE(every_program_is_explained(kBroadcast));
}

TEST(BroadcastPrograms, ReachEachReceiverWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kBroadcast, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
