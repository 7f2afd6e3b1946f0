#include <corokit/join_set.hpp>
#include <corokit/time/timeout.hpp>

#include "recorder.hpp"

namespace corokit::specified {
namespace {

using Receiver = corokit::broadcast::Receiver<std::string>;

/// Receives three messages, each within ten seconds.
Task<std::vector<std::string>> three_messages(Receiver receiver) {
  std::vector<std::string> heard;
  for (int i = 0; i < 3; ++i) {
    auto message = co_await corokit::timeout(10s, receiver.recv());
    if (!message || !*message) break;
    heard.push_back(std::move(**message));
  }
  co_return heard;
}

Task<void> five_subscribers(Check& check) {
  const MatrixOrchestrator orchestrator(2);
  const MatrixOrchestrator copy = orchestrator;
  check.equal(orchestrator.broadcast("nobody hears this"), 0u, "the count without subscribers");
  JoinSet<std::vector<std::string>> subscribers;
  for (int i = 0; i < 5; ++i) subscribers.spawn(three_messages(orchestrator.subscribe()));
  const std::vector<std::string> messages{"wake up", "follow the white rabbit", "knock, knock"};
  for (const std::string& message : messages)
    check.equal(copy.broadcast(message), 5u, "the count that broadcast() returns, with 5 subscribers");
  int complete = 0;
  while (auto heard = co_await subscribers.join_next()) {
    if (!*heard)
      co_return check.fail("subscribe() gives a receiver that throws: " + heard->error().message());
    check.equal(**heard, messages, "the messages that one of 5 subscribers receives");
    ++complete;
  }
  check.equal(complete, 5, "subscribers that receive all messages");
  check.equal(orchestrator.broadcast("nobody is left"), 0u, "the count after all subscribers are gone");
}

/// A subscriber may fall behind.
Task<void> slow_subscriber(Check& check) {
  const MatrixOrchestrator orchestrator(1);
  Receiver receiver = orchestrator.subscribe();
  for (int i = 0; i < 100; ++i) orchestrator.broadcast(std::to_string(i));
  for (int i = 0; i < 100; ++i) {
    const auto message = receiver.try_recv();
    if (!check.that(message && *message == std::to_string(i),
                    "a subscriber that is 100 messages behind does not receive message " + show(i)))
      co_return;
  }
}

}  // namespace

COROKIT_SPECIFIED_TEST(broadcast) {
  check.run(five_subscribers(check));
  check.run(slow_subscriber(check));
}

}  // namespace corokit::specified
