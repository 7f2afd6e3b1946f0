// Generated programs of a oneshot channel, against a model of its value and of which ends are done.
#include <corokit/sync/oneshot.hpp>

#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kSender = 1;  // the owners of operations
constexpr int kReceiver = 2;

constexpr int kValue = 7;
constexpr int kClosed = -1;
constexpr int kEmpty = -2;
constexpr int kGone = -3;  // the end was used up or dropped

struct Subject {
  oneshot::Channel<Message> channel = oneshot::channel<Message>();
  std::optional<oneshot::Sender<Message>> tx{std::move(channel.tx)};
  std::optional<oneshot::Receiver<Message>> rx{std::move(channel.rx)};
};

struct Model {
  bool has_tx = true;
  bool has_rx = true;
  bool closed = false;
  std::optional<int> value;
  std::array<bool, kThreads + 1> is_sender{};  // of the threads that wait

  Answer send() {
    if (!std::exchange(has_tx, false)) return kGone;
    if (closed) return kClosed;
    value = kValue;
    return 0;
  }
  Answer drop_sender() { return std::exchange(has_tx, false) ? 0 : kGone; }
  Answer wait_for_close(std::size_t thread) {
    if (!has_tx) return kGone;
    is_sender[thread] = true;
    return end(thread);
  }
  Answer receive(std::size_t thread) {
    if (!has_rx) return kGone;
    is_sender[thread] = false;
    return end(thread);
  }
  Answer try_receive() {
    if (!has_rx) return kGone;
    if (value) return *std::exchange(value, std::nullopt);
    return closed || !has_tx ? kClosed : kEmpty;
  }
  Answer close() {
    if (!has_rx) return kGone;
    closed = true;
    return 0;
  }
  Answer drop_receiver() {
    if (!std::exchange(has_rx, false)) return kGone;
    closed = true;
    value.reset();
    return 0;
  }
  Answer end(std::size_t thread) {
    if (is_sender[thread]) return closed ? Answer(0) : std::nullopt;
    const Answer now = try_receive();
    return now == kEmpty ? std::nullopt : now;
  }
  void drop(std::size_t) {}
};

int send(Subject& s, Player&) {
  if (!s.tx) return kGone;
  const auto sent = s.tx->send(Message(kValue));
  s.tx.reset();
  return sent ? 0 : kClosed;
}
int drop_sender(Subject& s, Player&) {
  if (!s.tx) return kGone;
  s.tx.reset();
  return 0;
}
int wait_for_close(Subject& s, Player& player) {
  return s.tx ? player.await(s.tx->closed(), [] { return 0; }) : kGone;
}
int receive(Subject& s, Player& player) {
  if (!s.rx) return kGone;
  return player.await(s.rx->operator co_await(),
                      [](const auto& value) { return value ? value->value() : kClosed; });
}
int try_receive(Subject& s, Player&) {
  if (!s.rx) return kGone;
  const auto value = s.rx->try_recv();
  if (value) return value->value();
  return value.error() == oneshot::TryRecvError::empty ? kEmpty : kClosed;
}
int close(Subject& s, Player&) {
  if (!s.rx) return kGone;
  s.rx->close();
  return 0;
}
int drop_receiver(Subject& s, Player&) {
  if (!s.rx) return kGone;
  s.rx.reset();
  return 0;
}

const Primitive<Subject, Model> kOneshot{
    .name = "oneshot",
    .alphabet =
        {
            {"send", send, [](Model& m, std::size_t) { return m.send(); }, 0, kSender},
            {"drop the sender", drop_sender, [](Model& m, std::size_t) { return m.drop_sender(); }, 0,
             kSender},
            {"closed", wait_for_close, [](Model& m, std::size_t t) { return m.wait_for_close(t); }, 1,
             kSender},
            {"recv", receive, [](Model& m, std::size_t t) { return m.receive(t); }, 1, kReceiver},
            {"try_recv", try_receive, [](Model& m, std::size_t) { return m.try_receive(); }, 0, kReceiver},
            {"close", close, [](Model& m, std::size_t) { return m.close(); }, 0, kReceiver},
            {"drop the receiver", drop_receiver, [](Model& m, std::size_t) { return m.drop_receiver(); }, 0,
             kReceiver},
        },
    .observed = {"try_recv", try_receive, [](Model& m, std::size_t) { return m.try_receive(); }},
};

TEST(OneshotPrograms, AreLinearizableAndLoseNoValue) {
  EXPECT_TRUE(every_program_is_explained(kOneshot));
}

TEST(OneshotPrograms, LoseNoValueWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kOneshot, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
