#include <corokit/join_set.hpp>
#include <corokit/time/timeout.hpp>

#include "noted_orchestrator.hpp"

namespace corokit::specified {
namespace {

using Receiver = corokit::broadcast::Receiver<std::string>;
using Messages = std::vector<std::string>;

Messages draw_messages(Check& check, int count) {
  if (check.is_subject()) return {"wake up", "follow the white rabbit", "knock, knock"};
  Messages messages;
  for (int i = 0; i < count; ++i) {
    messages.push_back(check.draw(1, 8) == 1 ? "" : "message " + std::to_string(check.draw(0, 9)));
    if (check.draw(1, 4) == 1) messages.push_back(messages.back());  // the same again is another message
  }
  return messages;
}

/// Receives `count` messages, each within ten seconds.
Task<Messages> receive(Receiver receiver, std::size_t count) {
  Messages heard;
  while (heard.size() < count) {
    auto message = co_await corokit::timeout(10s, receiver.recv());
    if (!message || !*message) break;
    heard.push_back(std::move(**message));
  }
  co_return heard;
}

/// Every subscriber receives every message, whichever copy sends it, and broadcast() says how many there are.
Task<void> subscribers(Check& check) {
  const int count = check.is_subject() ? 5 : check.draw(1, 9);
  const NotedOrchestrator orchestrator(check, 2);
  const NotedOrchestrator copy = orchestrator;
  const NotedOrchestrator stranger(check, 2);
  const Receiver strange = stranger.subscribe();
  check.equal(orchestrator.broadcast("nobody hears this"), 0u, "the count without subscribers");
  const Messages messages = draw_messages(check, check.draw(1, 20));
  JoinSet<Messages> receivers;
  for (int i = 0; i < count; ++i)
    receivers.spawn(receive((i % 2 == 0 ? orchestrator : copy).subscribe(), messages.size()));
  for (std::size_t i = 0; i < messages.size(); ++i)
    check.equal((i % 2 == 0 ? copy : orchestrator).broadcast(messages[i]), count,
                "the count that broadcast() returns, with " + show(count) + " subscribers");
  while (auto heard = co_await receivers.join_next()) {
    if (!*heard)
      co_return check.fail("subscribe() gives a receiver that throws: " + describe(heard->error()));
    check.equal(**heard, messages, "the messages that one of " + show(count) + " subscribers receives");
  }
  check.equal(orchestrator.broadcast("nobody is left"), 0u, "the count after all subscribers are gone");
  check.that(strange.is_empty(), "a subscriber of another orchestrator receives a message");
}

/// A subscriber may be a hundred messages behind.
Task<void> slow_subscriber(Check& check) {
  const NotedOrchestrator orchestrator(check, 1);
  Receiver receiver = orchestrator.subscribe();
  const int base = check.draw(0, 999);
  for (int i = 0; i < 100; ++i) orchestrator.broadcast(std::to_string(base + i));
  for (int i = 0; i < 100; ++i) {
    const auto message = receiver.try_recv();
    if (!check.that(message && *message == std::to_string(base + i),
                    "a subscriber that is 100 messages behind does not receive message " + show(i)))
      co_return;
  }
  check.that(receiver.is_empty(), "a subscriber receives a message that was not sent");
}

/// A message is for those who are subscribed when it is sent; none is no error. Neither runs nor cancel() change that.
Task<void> coming_and_going(Check& check) {
  const NotedOrchestrator orchestrator(check, 1);
  for (int i = check.draw(1, 3); i > 0; --i)
    check.equal(orchestrator.broadcast("hello?"), 0u, "the count without subscribers");
  std::vector<Receiver> present;
  std::vector<Messages> expected;
  for (int i = 0; i < 30; ++i) {
    const int what = check.draw(0, 4);
    if (what == 0) {
      present.push_back(orchestrator.subscribe());
      expected.emplace_back();
    } else if (what == 1 && !present.empty()) {
      present.pop_back();
      expected.pop_back();
    } else {
      const std::string message = std::to_string(check.draw(0, 999));
      check.equal(orchestrator.broadcast(message), present.size(), "the count that broadcast() returns");
      for (Messages& messages : expected) messages.push_back(message);
    }
    if (i == 20) orchestrator.cancel();
  }
  for (std::size_t i = 0; i < present.size(); ++i) {
    Messages heard;
    while (auto message = present[i].try_recv()) heard.push_back(std::move(*message));
    check.equal(heard, expected[i],
                "the messages that a subscriber receives, of those sent since it subscribed");
  }
  co_return;
}

/// Several tasks send at once; each subscriber receives all messages of each, in the order in which that task sent them.
Task<void> senders_at_once(Check& check) {
  const int senders = check.draw(2, 4);
  const int each = 25;
  const NotedOrchestrator orchestrator(check, 2);
  Receiver receiver = orchestrator.subscribe();
  JoinSet<void> all;
  for (int sender = 0; sender < senders; ++sender)
    all.spawn([](NotedOrchestrator to, int from, int count) -> Task<void> {
      for (int i = 0; i < count; ++i) {
        to.broadcast(std::to_string(from) + " " + std::to_string(i));
        co_await sleep(0ms);
      }
    }(orchestrator, sender, each));
  while (co_await all.join_next()) {
  }
  std::vector<int> next(static_cast<std::size_t>(senders));
  int heard = 0;
  for (; auto message = receiver.try_recv(); ++heard) {
    const auto from = static_cast<std::size_t>(std::stoi(*message));
    check.equal(*message, std::to_string(from) + " " + std::to_string(next[from]++),
                "the next message of one of several senders");
  }
  check.equal(heard, senders * each, "messages of several senders that a subscriber receives");
}

}  // namespace

COROKIT_SPECIFIED_TEST(broadcast) {
  check.run(subscribers(check));
  check.run(slow_subscriber(check));
  check.run(senders_at_once(check));
}

COROKIT_SPECIFIED_PART(broadcast, edge_broadcast_without_subscribers) {
  check.run(coming_and_going(check));
}

}  // namespace corokit::specified
