// Generated programs of an mpsc channel with room for one message, and of an unbounded one, against a model of permits,
// a queue of senders and a queue of messages. To send takes two moments: the permit is taken, and the message is queued;
// so does dropping the receiver: the channel is closed, and then takes no message any more.
#include <corokit/sync/mpsc.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kReceiver = 1;  // the owner of operations

constexpr int kClosed = -1;
constexpr int kFull = -2;
constexpr int kEmpty = -3;
constexpr int kGone = -4;  // the end was dropped, or there is no permit

template <bool kBounded>
struct Ends {
  mpsc::Channel<Message> channel = mpsc::channel<Message>(1);
};
template <>
struct Ends<false> {
  mpsc::UnboundedChannel<Message> channel = mpsc::unbounded_channel<Message>();
};

template <bool kBounded>
struct Subject {
  using Tx = std::conditional_t<kBounded, mpsc::Sender<Message>, mpsc::UnboundedSender<Message>>;

  Ends<kBounded> ends;
  std::array<std::optional<Tx>, kThreads> tx{ends.channel.tx, ends.channel.tx, ends.channel.tx};
  std::optional<mpsc::Receiver<Message>> rx{std::move(ends.channel.rx)};
  std::array<std::optional<mpsc::Permit<Message>>, kThreads> permit;
  std::array<int, kThreads> sent{};

  Message next(const Player& player) {
    return Message(10 * static_cast<int>(player.number()) + sent[player.number()]++);
  }
};

template <bool kBounded>
struct Model {
  enum class Waits { to_send, for_permit, for_message, to_leave };
  static constexpr int kCapacity = kBounded ? 1 : 1000;

  int free = kCapacity;
  int senders = kThreads + 1;
  bool closed = false;
  bool has_rx = true;
  std::deque<int> messages;
  std::deque<std::size_t> queue;
  std::array<Waits, kThreads + 1> waits{};
  std::array<Answer, kThreads + 1> granted;  // what the end of a wait for a permit was
  std::array<int, kThreads> message{};       // what a thread is about to send
  std::array<bool, kThreads> has_tx{true, true, true};
  std::array<bool, kThreads> has_permit{};
  std::array<int, kThreads> sent{};

  int next(std::size_t thread) { return 10 * static_cast<int>(thread) + sent[thread]++; }
  Answer reserve(std::size_t thread, Waits what) {
    if (!has_tx[thread] || (what == Waits::for_permit && has_permit[thread])) return kGone;
    waits[thread] = what;
    if (what == Waits::to_send) message[thread] = next(thread);
    if (closed) return kClosed;
    if (free > 0) {
      --free;
      granted[thread] = 0;
    } else {
      queue.push_back(thread);
    }
    return std::nullopt;
  }
  Answer try_send(std::size_t thread) {
    if (has_tx[thread] && !closed && free == 0) {
      next(thread);
      return kFull;
    }
    return reserve(thread, Waits::to_send);
  }
  Answer use_permit(std::size_t thread) {
    if (!std::exchange(has_permit[thread], false)) return kGone;
    return push(next(thread));
  }
  Answer push(int value) {
    if (!has_rx) return kClosed;
    messages.push_back(value);
    return 0;
  }
  Answer drop_permit(std::size_t thread) {
    if (!std::exchange(has_permit[thread], false)) return kGone;
    give();
    return 0;
  }
  void give() {
    if (queue.empty()) {
      ++free;
    } else {
      granted[queue.front()] = 0;
      queue.pop_front();
    }
  }
  Answer drop_sender(std::size_t thread) {
    if (has_permit[thread] || !std::exchange(has_tx[thread], false)) return kGone;
    --senders;
    return 0;
  }
  Answer receive(std::size_t thread) {
    if (!has_rx) return kGone;
    waits[thread] = Waits::for_message;
    return std::nullopt;
  }
  Answer try_receive() {
    if (!has_rx) return kGone;
    if (messages.empty()) return senders == 0 || (closed && free == kCapacity) ? kClosed : kEmpty;
    const int value = messages.front();
    messages.pop_front();
    give();
    return value;
  }
  Answer close() {
    if (!has_rx) return kGone;
    closed = true;
    for (const std::size_t thread : queue) granted[thread] = kClosed;
    queue.clear();
    return 0;
  }
  Answer drop_receiver(std::size_t thread) {
    if (!has_rx) return kGone;
    close();
    waits[thread] = Waits::to_leave;
    return std::nullopt;
  }
  Answer end(std::size_t thread) {
    if (waits[thread] == Waits::to_leave) {
      has_rx = false;
      messages.clear();
      return 0;
    }
    if (waits[thread] == Waits::for_message) {
      const Answer answer = try_receive();
      return answer == kEmpty ? std::nullopt : answer;
    }
    const Answer grant = std::exchange(granted[thread], std::nullopt);
    if (grant != 0) return grant;
    if (waits[thread] == Waits::to_send) return push(message[thread]);
    has_permit[thread] = true;
    return 0;
  }
  void drop(std::size_t thread) {
    if (waits[thread] == Waits::for_message) return;
    if (const Answer grant = std::exchange(granted[thread], std::nullopt)) {
      if (grant == 0) give();
    } else {
      std::erase(queue, thread);
    }
  }
};

template <class R>
int answer(const R& result) {
  return result ? 0 : kClosed;
}

using Bounded = Subject<true>;
using Unbounded = Subject<false>;

int send(Bounded& s, Player& player) {
  auto& tx = s.tx[player.number()];
  return tx ? player.await(tx->send(s.next(player)), [](const auto& sent) { return answer(sent); }) : kGone;
}
int send_at_once(Unbounded& s, Player& player) {
  auto& tx = s.tx[player.number()];
  return tx ? answer(tx->send(s.next(player))) : kGone;
}
int try_send(Bounded& s, Player& player) {
  auto& tx = s.tx[player.number()];
  if (!tx) return kGone;
  const auto sent = tx->try_send(s.next(player));
  return !sent && sent.error().is_full() ? kFull : answer(sent);
}
int reserve(Bounded& s, Player& player) {
  auto& tx = s.tx[player.number()];
  auto& permit = s.permit[player.number()];
  if (!tx || permit) return kGone;
  return player.await(tx->reserve(), [&permit](auto given) {
    if (given) permit.emplace(std::move(*given));
    return answer(given);
  });
}
int use_permit(Bounded& s, Player& player) {
  auto& permit = s.permit[player.number()];
  if (!permit) return kGone;
  const auto sent = permit->send(s.next(player));
  permit.reset();
  return answer(sent);
}
int drop_permit(Bounded& s, Player& player) {
  auto& permit = s.permit[player.number()];
  if (!permit) return kGone;
  permit.reset();
  return 0;
}
template <class S>
int drop_sender(S& s, Player& player) {
  auto& tx = s.tx[player.number()];
  if (!tx || s.permit[player.number()]) return kGone;
  tx.reset();
  return 0;
}
template <class S>
int receive(S& s, Player& player) {
  if (!s.rx) return kGone;
  return player.await(s.rx->recv(), [](const auto& message) { return message ? message->value() : kClosed; });
}
template <class S>
int try_receive(S& s, Player&) {
  if (!s.rx) return kGone;
  const auto message = s.rx->try_recv();
  if (message) return message->value();
  return message.error() == mpsc::TryRecvError::empty ? kEmpty : kClosed;
}
template <class S>
int close(S& s, Player&) {
  if (!s.rx) return kGone;
  s.rx->close();
  return 0;
}
template <class S>
int drop_receiver(S& s, Player&) {
  if (!s.rx) return kGone;
  s.rx.reset();
  return 0;
}

template <bool kBounded>
std::vector<Operation<Subject<kBounded>, Model<kBounded>>> of_both_kinds() {
  using S = Subject<kBounded>;
  using M = Model<kBounded>;
  return {
      {"drop the sender", drop_sender<S>, [](M& m, std::size_t t) { return m.drop_sender(t); }},
      {"recv", receive<S>, [](M& m, std::size_t t) { return m.receive(t); }, 1, kReceiver},
      {"try_recv", try_receive<S>, [](M& m, std::size_t) { return m.try_receive(); }, 0, kReceiver},
      {"close", close<S>, [](M& m, std::size_t) { return m.close(); }, 0, kReceiver},
      {"drop the receiver", drop_receiver<S>, [](M& m, std::size_t t) { return m.drop_receiver(t); }, 0,
       kReceiver},
  };
}
template <bool kBounded>
Primitive<Subject<kBounded>, Model<kBounded>> channel(
    const char* name, std::vector<Operation<Subject<kBounded>, Model<kBounded>>> alphabet) {
  for (auto& operation : of_both_kinds<kBounded>()) alphabet.push_back(operation);
  return {.name = name,
          .alphabet = std::move(alphabet),
          .observed = {"try_recv", try_receive<Subject<kBounded>>,
                       [](Model<kBounded>& m, std::size_t) { return m.try_receive(); }}};
}

using M = Model<true>;
const auto kBoundedChannel = channel<true>(
    "mpsc with room for 1",
    {
        {"send", send, [](M& m, std::size_t t) { return m.reserve(t, M::Waits::to_send); }, 1},
        {"try_send", try_send, [](M& m, std::size_t t) { return m.try_send(t); }},
        {"reserve", reserve, [](M& m, std::size_t t) { return m.reserve(t, M::Waits::for_permit); }, 1},
        {"use the permit", use_permit, [](M& m, std::size_t t) { return m.use_permit(t); }},
        {"drop the permit", drop_permit, [](M& m, std::size_t t) { return m.drop_permit(t); }},
    });
const auto kUnboundedChannel =
    channel<false>("unbounded mpsc", {{"send", send_at_once, [](Model<false>& m, std::size_t t) {
                                         return m.reserve(t, Model<false>::Waits::to_send);
                                       }}});

TEST(MpscPrograms, AreLinearizableAndLoseNoMessage) {
  EXPECT_TRUE(every_program_is_explained(kBoundedChannel));
}

TEST(MpscPrograms, LoseNoMessageWhereOldValuesAreSeen) {
  // With two operations each, a sender and the receiver may both miss what the other has just done, which no order of
  // what happened explains and nobody promises.
  Limits limits = kOldValues;
  limits.large = false;
  EXPECT_TRUE(every_program_is_explained(kBoundedChannel, limits));
}

TEST(UnboundedMpscPrograms, AreLinearizableAndLoseNoMessage) {
  EXPECT_TRUE(every_program_is_explained(kUnboundedChannel));
}

TEST(UnboundedMpscPrograms, LoseNoMessageWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kUnboundedChannel, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
