#include <04_oneshot/oneshot.hpp>
#include <explorer/program.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

using namespace mini;
using explored::reached;
using explored::require;
using explored::wants;

namespace {

/// One that is lost is a leak, and one that comes twice is freed twice.
class Value {
 public:
  explicit Value(int number) : number_(std::make_unique<int>(number)) {}
  bool is(int number) const { return number_ && *number_ == number; }

 private:
  std::unique_ptr<int> number_;
};
using Sender = oneshot::Sender<Value>;
using Receiver = oneshot::Receiver<Value>;

bool is_there(const std::optional<Value>& value) {
  return value && value->is(42);
}

Task<std::optional<Value>> receive(Receiver& receiver) {
  co_return co_await receiver;
}
Task<std::optional<Value>> receive_and_leave(Receiver receiver) {
  co_return co_await receiver;
}
Task<> receive_into(Receiver receiver, std::optional<Value>& received, bool& ended) {
  received = co_await receiver;
  ended = true;
}

/// Runs a task by hand. Who wakes it may not touch it once the wait is over: it may be gone then.
class ByHand final : public Job {
 public:
  explicit ByHand(Task<std::optional<Value>> task) : task_(std::move(task)) { leaf = task_.handle(); }

  void wake() noexcept override {
    require(!woken_.exchange(true), "a wait is ended by one wake, not by two");
  }
  /// Returns: whether the task has ended; it waits otherwise.
  bool begin() {
    run();
    return task_.done();
  }
  bool is_woken() const { return woken_.load(); }
  std::optional<Value> go_on() {
    run();
    require(task_.done(), "a task that was woken goes on");
    return task_.result();
  }

 private:
  Task<std::optional<Value>> task_;
  std::atomic<bool> woken_ = false;
};

}  // namespace

COROKIT_EXPLORED(a_value_arrives) {
  auto [sender, receiver] = oneshot::channel<Value>();
  require(sender.send(Value(42)), "send() says true while the receiver is there");
  require(is_there(block_on(receive(receiver))), "what was sent is received");
}

COROKIT_EXPLORED(the_receiver_waits) {
  auto [sender, receiver] = oneshot::channel<Value>();
  std::optional<Value> received;
  bool ended = false;
  RunLoop loop;
  loop.spawn(receive_into(std::move(receiver), received, ended));
  require(loop.run() == 1 && !ended, "the receiver waits until something is sent");
  require(sender.send(Value(42)), "send() says true while the receiver waits");
  require(!ended, "send() wakes the receiver, and runs nothing of it");
  require(loop.run() == 0 && is_there(received), "the receiver goes on with what was sent");
}

COROKIT_EXPLORED(across_threads) {
  wants("the value is there before the receiver looks");
  wants("the receiver waits for the value");
  auto [sender, receiver] = oneshot::channel<Value>();
  int written_before = 0;
  std::thread thread([&, sender = std::move(sender)]() mutable {
    written_before = 1;
    require(sender.send(Value(42)), "send() says true while the receiver is there");
  });
  const auto before = explored::counts();
  require(is_there(block_on(receive_and_leave(std::move(receiver)))), "what was sent is received");
  reached((explored::counts() - before).waits == 0 ? "the value is there before the receiver looks"
                                                   : "the receiver waits for the value");
  require(written_before == 1, "what was written before send() is seen");
  thread.join();
}

COROKIT_EXPLORED(the_sender_is_dropped) {
  wants("the receiver waits while the sender is there");
  auto [sender, receiver] = oneshot::channel<Value>();
  std::thread thread([sender = std::move(sender)] {});
  require(!block_on(receive_and_leave(std::move(receiver))),
          "nothing comes if the sender is dropped without sending");
  if (explored::counts().waits != 0) reached("the receiver waits while the sender is there");
  thread.join();
}

COROKIT_EXPLORED(edge_sender_dropped_before_or_while_waiting) {
  auto ends = oneshot::channel<Value>();
  std::optional<Sender> sender(std::move(ends.first));
  std::optional<Value> received;
  bool ended = false;
  RunLoop loop;
  loop.spawn(receive_into(std::move(ends.second), received, ended));
  if (explored::choose(2) == 0) require(loop.run() == 1, "the receiver waits while the sender is there");
  sender.reset();
  require(loop.run() == 0 && ended && !received, "nothing comes if the sender is dropped without sending");
}

COROKIT_EXPLORED(the_receiver_is_dropped) {
  wants("the receiver goes first");
  wants("the value comes first");
  auto [sender, receiver] = oneshot::channel<Value>();
  std::thread thread([receiver = std::move(receiver)] {});
  reached(sender.send(Value(42)) ? "the value comes first" : "the receiver goes first");
  thread.join();
}

COROKIT_EXPLORED(edge_dropped_in_any_order) {
  auto ends = oneshot::channel<Value>();
  std::optional<Sender> sender(std::move(ends.first));
  std::optional<Receiver> receiver(std::move(ends.second));
  switch (explored::choose(4)) {
    case 0:
      sender.reset();
      receiver.reset();
      break;
    case 1:
      receiver.reset();
      sender.reset();
      break;
    case 2:
      receiver.reset();
      require(!sender->send(Value(42)), "send() says false if the receiver is gone");
      break;
    default:
      require(sender->send(Value(42)), "send() says true while the receiver is there");
      receiver.reset();
  }
}

COROKIT_EXPLORED(edge_moved) {
  auto [first, receiver] = oneshot::channel<Value>();
  {
    auto others = oneshot::channel<Value>();
    Sender sender(std::move(first));
    sender = std::move(others.first);
    require(sender.send(Value(42)), "a sender that is assigned sends to its own receiver");
    require(is_there(block_on(receive(others.second))),
            "a sender that is assigned sends to its own receiver");
    require(!block_on(receive(others.second)), "a value is received once");
  }
  require(!block_on(receive(receiver)), "the sender that was there before an assignment is dropped");
  auto others = oneshot::channel<Value>();
  receiver = std::move(others.second);
  require(others.first.send(Value(42)), "a receiver that is assigned is there");
  require(is_there(block_on(receive(receiver))), "a receiver that is assigned receives");
}

COROKIT_EXPLORED(edge_both_dropped_at_once) {
  auto [sender, receiver] = oneshot::channel<Value>();
  std::thread one([sender = std::move(sender)] {});
  std::thread other([receiver = std::move(receiver)] {});
  one.join();
  other.join();
}

COROKIT_EXPLORED(edge_one_block) {
  const auto before = explored::counts();
  auto [sender, receiver] = oneshot::channel<int>();
  require((explored::counts() - before).allocations == 1, "a channel is one block on the heap");
  sender.send(42);
  require((explored::counts() - before).allocations == 1, "send() allocates nothing");
}

COROKIT_EXPLORED(the_waiter_goes) {
  auto [sender, receiver] = oneshot::channel<Value>();
  auto waiter = std::make_unique<ByHand>(receive_and_leave(std::move(receiver)));
  require(!waiter->begin(), "the receiver waits until something is sent");
  std::thread thread([sender = std::move(sender)]() mutable {
    require(sender.send(Value(42)), "send() says true while the receiver waits");
  });
  while (!waiter->is_woken()) std::this_thread::yield();
  require(is_there(waiter->go_on()), "the receiver goes on with what was sent");
  waiter.reset();
  thread.join();
}

COROKIT_EXPLORED(the_wait_is_dropped) {
  wants("the receiver goes first");
  wants("the value comes first");
  auto [sender, receiver] = oneshot::channel<Value>();
  auto waiter = std::make_unique<ByHand>(receive_and_leave(std::move(receiver)));
  require(!waiter->begin(), "the receiver waits until something is sent");
  std::thread thread([sender = std::move(sender)]() mutable {
    reached(sender.send(Value(42)) ? "the value comes first" : "the receiver goes first");
  });
  waiter.reset();
  thread.join();
}

COROKIT_EXPLORED(edge_dropped_while_the_sender_is_dropped) {
  auto [sender, receiver] = oneshot::channel<Value>();
  auto waiter = std::make_unique<ByHand>(receive_and_leave(std::move(receiver)));
  require(!waiter->begin(), "the receiver waits until something is sent");
  std::thread thread([sender = std::move(sender)] {});
  waiter.reset();
  thread.join();
}

COROKIT_EXPLORED(edge_waits_again) {
  auto [sender, receiver] = oneshot::channel<Value>();
  auto waiter = std::make_unique<ByHand>(receive(receiver));
  require(!waiter->begin(), "the receiver waits until something is sent");
  std::thread thread([sender = std::move(sender)]() mutable {
    require(sender.send(Value(42)), "send() says true: only a wait was dropped, not the receiver");
  });
  waiter.reset();
  require(is_there(block_on(receive(receiver))),
          "a wait that is dropped takes nothing: the next one gets it");
  thread.join();
}

COROKIT_EXPLORED(edge_dropped_while_the_sender_looks) {
  auto [sender, receiver] = oneshot::channel<Value>();
  auto waiter = std::make_unique<ByHand>(receive(receiver));
  require(!waiter->begin(), "the receiver waits until something is sent");
  const bool sends = explored::choose(2) == 0;
  std::thread thread([sends, sender = std::move(sender)]() mutable {
    if (sends) require(sender.send(Value(42)), "send() says true: only a wait was dropped, not the receiver");
  });
  waiter.reset();
  thread.join();
  require(is_there(block_on(receive(receiver))) == sends,
          "the next wait gets what was sent, and nothing if the sender was dropped");
}
