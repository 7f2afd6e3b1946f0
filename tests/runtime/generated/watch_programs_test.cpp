// Generated programs of a watch channel, against a model of the newest value and of what each receiver has seen.
#include <corokit/sync/watch.hpp>

#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kClosed = -1;
constexpr int kGone = -2;
constexpr int kWanted = 20;  // the first value of the last thread, for which wait_for() waits

int value_of(std::size_t thread, int number) {
  return 10 * static_cast<int>(thread) + number;
}

struct Subject {
  watch::Channel<Message> channel = watch::channel(Message(-1));
  std::array<std::optional<watch::Sender<Message>>, kThreads> tx{channel.tx, channel.tx, channel.tx};
  std::array<std::optional<watch::Receiver<Message>>, kThreads> rx{channel.rx, channel.rx, channel.rx};
  std::array<int, kThreads> sent{};

  Subject() { const auto first = std::move(channel); }
};

struct Model {
  int value = -1;
  int version = 0;
  int senders = kThreads;
  int receivers = kThreads;
  std::array<int, kThreads> seen{};
  std::array<bool, kThreads> has_tx{true, true, true};
  std::array<bool, kThreads> has_rx{true, true, true};
  std::array<bool, kThreads> wants{};  // whether its wait is a wait_for()
  std::array<int, kThreads> sent{};

  Answer send(std::size_t thread) {
    if (!has_tx[thread]) return kGone;
    const int next = value_of(thread, sent[thread]++);
    if (receivers == 0) return kClosed;
    value = next;
    ++version;
    return 0;
  }
  Answer drop_sender(std::size_t thread) {
    if (!std::exchange(has_tx[thread], false)) return kGone;
    --senders;
    return 0;
  }
  Answer wait(std::size_t thread, bool for_value) {
    if (!has_rx[thread]) return kGone;
    wants[thread] = for_value;
    return end(thread);
  }
  Answer end(std::size_t thread) {
    const bool is_new = std::exchange(seen[thread], version) != version;
    if (wants[thread] && value == kWanted) return value;
    if (!wants[thread] && is_new) return 0;
    return senders == 0 ? Answer(kClosed) : std::nullopt;
  }
  void drop(std::size_t) {}
  Answer has_changed(std::size_t thread) {
    if (!has_rx[thread]) return kGone;
    return senders == 0 ? kClosed : static_cast<int>(seen[thread] != version);
  }
  Answer look(std::size_t thread) {
    if (!has_rx[thread]) return kGone;
    const bool is_new = std::exchange(seen[thread], version) != version;
    return 2 * value + is_new;
  }
  Answer drop_receiver(std::size_t thread) {
    if (!std::exchange(has_rx[thread], false)) return kGone;
    --receivers;
    return 0;
  }
  Answer rest() {
    int all = 0;
    for (std::size_t thread = 0; thread < kThreads; ++thread) all = 100 * all + *look(thread);
    return all;
  }
};

int send(Subject& s, Player& player) {
  const std::size_t thread = player.number();
  if (!s.tx[thread]) return kGone;
  return s.tx[thread]->send(Message(value_of(thread, s.sent[thread]++))) ? 0 : kClosed;
}
int changed(Subject& s, Player& player) {
  auto& rx = s.rx[player.number()];
  return rx ? player.await(rx->changed(), [](const auto& result) { return result ? 0 : kClosed; }) : kGone;
}
int wait_for(Subject& s, Player& player) {
  auto& rx = s.rx[player.number()];
  if (!rx) return kGone;
  return player.await(rx->wait_for([](const Message& now) { return now.value() == kWanted; }),
                      [](const auto& result) { return result ? (*result)->value() : kClosed; });
}
int has_changed(Subject& s, Player& player) {
  auto& rx = s.rx[player.number()];
  if (!rx) return kGone;
  const auto answer = rx->has_changed();
  return answer ? int{*answer} : kClosed;
}
int look(std::optional<watch::Receiver<Message>>& rx) {
  if (!rx) return kGone;
  const auto now = rx->borrow_and_update();
  return 2 * now->value() + now.has_changed();
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
  for (auto& rx : s.rx) all = 100 * all + look(rx);
  return all;
}

const Primitive<Subject, Model> kWatch{
    .name = "watch",
    .alphabet =
        {
            {"send", send, [](Model& m, std::size_t t) { return m.send(t); }},
            {"changed", changed, [](Model& m, std::size_t t) { return m.wait(t, false); }, 1},
            {"wait_for 20", wait_for, [](Model& m, std::size_t t) { return m.wait(t, true); }, 1},
            {"has_changed", has_changed, [](Model& m, std::size_t t) { return m.has_changed(t); }},
            {"borrow_and_update", [](Subject& s, Player& player) { return look(s.rx[player.number()]); },
             [](Model& m, std::size_t t) { return m.look(t); }},
            {"drop the sender", drop<&Subject::tx>, [](Model& m, std::size_t t) { return m.drop_sender(t); }},
            {"drop the receiver", drop<&Subject::rx>,
             [](Model& m, std::size_t t) { return m.drop_receiver(t); }},
        },
    .observed = {"what each sees", rest, [](Model& m, std::size_t) { return m.rest(); }},
};

TEST(WatchPrograms, ShowTheNewestValueAndMissNoChange) {
  EXPECT_TRUE(every_program_is_explained(kWatch));
}

TEST(WatchPrograms, MissNoChangeWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kWatch, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
