#include <09_mpsc/mpsc.hpp>
// The solution comes first: it includes all that it needs itself.
#include <explorer/program.hpp>
#include <specified/by_hand.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace {

using namespace mini;
using explored::ResultByHand;

/// A message, which can be moved, not copied. It counts the objects that are a message still.
class Message {
 public:
  explicit Message(int number, std::atomic<int>* alive = nullptr) : number_(number), alive_(alive) {
    if (alive_) ++*alive_;
  }
  Message(Message&& other) noexcept
      : number_(std::exchange(other.number_, 0)), alive_(std::exchange(other.alive_, nullptr)) {}
  Message& operator=(Message&& other) noexcept {
    std::swap(number_, other.number_);
    std::swap(alive_, other.alive_);
    return *this;
  }
  ~Message() {
    if (alive_) --*alive_;
  }
  int number() const { return number_; }

 private:
  int number_;  // 0 if it was moved away
  std::atomic<int>* alive_;
};
using Sender = mpsc::Sender<Message>;
using Receiver = mpsc::Receiver<Message>;

Task<bool> send(const Sender& sender, Message message) {
  co_return co_await sender.send(std::move(message));
}
Task<bool> send(const Sender& sender, int number) {
  return send(sender, Message(number));
}
/// Returns: the number of the message; 0 if there is none.
Task<int> recv(Receiver& receiver) {
  const std::optional<Message> message = co_await receiver.recv();
  co_return message ? message->number() : 0;
}

/// Whether send() or recv() gives `expected` without waiting.
bool sends(const Sender& sender, int number, bool expected = true) {
  return ResultByHand<bool>(send(sender, number)).run_on() == expected;
}
bool gives(Receiver& receiver, int expected) {
  return ResultByHand<int>(recv(receiver)).run_on() == expected;
}
bool waits(Receiver& receiver) {
  return !ResultByHand<int>(recv(receiver)).run_on();
}
constexpr int kNone = 0;

}  // namespace

COROKIT_EXPLORED(first_in_first_out) {
  auto [sender, receiver] = mpsc::channel<Message>(3);
  explored::require(sender.try_send(Message(1)), "try_send() gives true if there is room");
  explored::require(gives(receiver, 1), "recv() gives the message that was sent");
  explored::require(sender.try_send(Message(2)) && sender.try_send(Message(3)), "there is room");
  explored::require(gives(receiver, 2) && gives(receiver, 3),
                    "messages come in the order in which they were sent");
  const auto other = sender;
  explored::require(sends(sender, 4) && sends(other, 5), "send() does not wait if there is room");
  explored::require(other.try_send(Message(6)), "there is room for three");
  explored::require(gives(receiver, 4) && gives(receiver, 5) && gives(receiver, 6),
                    "all senders have one queue");
}

COROKIT_EXPLORED(waits_for_a_message) {
  auto [sender, receiver] = mpsc::channel<Message>(2);
  explored::require(waits(receiver), "recv() waits while there is no message");
  ResultByHand<int> waiting(recv(receiver));
  explored::require(!waiting.run_on(), "recv() waits while there is no message");
  sender.try_send(Message(1));
  explored::require(waiting.wakes() == 1, "a message wakes the receiver");
  sender.try_send(Message(2));
  explored::require(waiting.wakes() == 1, "who is woken and has not run yet is not woken once more");
  explored::require(waiting.run_on() == 1, "who was woken gets the oldest message");
  explored::require(gives(receiver, 2), "the next message is there");
}

COROKIT_EXPLORED(back_pressure) {
  auto [sender, receiver] = mpsc::channel<Message>(2);
  explored::require(sends(sender, 1) && sends(sender, 2), "there is room for two");
  explored::require(!sender.try_send(Message(3)), "try_send() gives false if the queue is full");
  ResultByHand<bool> third(send(sender, 3));
  ResultByHand<bool> fourth(send(sender, 4));
  explored::require(!third.run_on() && !fourth.run_on(), "send() waits while the queue is full");
  explored::require(gives(receiver, 1), "the oldest message comes first");
  explored::require(third.wakes() == 1 && fourth.wakes() == 0,
                    "a message that leaves makes room for one, who came first");
  explored::require(!sender.try_send(Message(5)), "the room belongs to who has waited for it");
  explored::require(third.run_on() == true, "send() gives true once the message is in the queue");
  explored::require(fourth.wakes() == 0,
                    "a message that is in the queue takes its room until it is received");
  explored::require(gives(receiver, 2) && gives(receiver, 3), "messages come in the order of the queue");
  explored::require(fourth.wakes() == 1 && fourth.run_on() == true, "who waits gets the next room");
  explored::require(gives(receiver, 4) && waits(receiver), "each message comes once");
  explored::require(sends(sender, 6) && sends(sender, 7), "all the room is there again");
  explored::require(!sender.try_send(Message(8)), "and not more than that");
}

// What a queue of at most two messages does, on all sequences of six operations.
COROKIT_EXPLORED(as_the_model) {
  auto [sender, receiver] = mpsc::channel<Message>(2);
  std::deque<int> queue;  // the model
  bool closed = false;
  for (int step = 0; step != 6; ++step) {
    switch (explored::choose(closed ? 2 : 3)) {
      case 0: {
        const bool has_room = !closed && queue.size() < 2;
        explored::require(sender.try_send(Message(step)) == has_room,
                          "try_send() gives true exactly if there is room");
        if (has_room) queue.push_back(step);
        break;
      }
      case 1:
        if (!queue.empty()) {
          explored::require(gives(receiver, queue.front()), "recv() gives the oldest message");
          queue.pop_front();
        } else if (closed) {
          explored::require(gives(receiver, kNone), "recv() gives none if the channel is closed and empty");
        } else {
          explored::require(waits(receiver), "recv() waits while there is no message");
        }
        break;
      default:
        receiver.close();
        closed = true;
    }
  }
}

COROKIT_EXPLORED(no_message_is_lost) {
  auto [sender, receiver] = mpsc::channel<Message>(1 + explored::choose(2));
  std::thread thread([sender = std::make_optional(std::move(sender))]() mutable {
    explored::require(block_on(send(*sender, 1)), "send() gives true");
    explored::require(block_on(send(*sender, 2)), "send() gives true");
    sender.reset();
  });
  explored::require(block_on(recv(receiver)) == 1, "each message is received, once, in order");
  explored::require(block_on(recv(receiver)) == 2, "each message is received, once, in order");
  explored::require(block_on(recv(receiver)) == kNone, "each message is received, once, in order");
  thread.join();
}

COROKIT_EXPLORED(two_senders) {
  explored::wants("the first thread is first");
  explored::wants("the second thread is first");
  auto [sender, receiver] = mpsc::channel<Message>(1);
  std::thread first([sender = sender] { block_on(send(sender, 1)); });
  std::thread second([&sender = sender] { block_on(send(sender, 2)); });
  const int one = block_on(recv(receiver));
  const int other = block_on(recv(receiver));
  first.join();
  second.join();
  explored::require(one + other == 3 && one * other == 2, "each message is received, once");
  explored::require(waits(receiver), "each message is received, once");
  explored::reached(one == 1 ? "the first thread is first" : "the second thread is first");
}

COROKIT_EXPLORED(end_of_the_senders) {
  auto ends = std::make_optional(mpsc::channel<Message>(2));
  auto receiver = std::move(ends->second);
  auto last = std::make_optional(ends->first);
  ResultByHand<int> waiting(recv(receiver));
  explored::require(!waiting.run_on(), "recv() waits while there is no message");
  ends.reset();
  explored::require(waiting.wakes() == 0, "the channel goes on as long as one sender is left");
  last.reset();
  explored::require(waiting.wakes() == 1, "the receiver is woken when the last sender is gone");
  explored::require(waiting.run_on() == kNone, "recv() gives none when no sender is left");
  explored::require(gives(receiver, kNone), "recv() gives none at once from then on");
  auto [sender, other] = mpsc::channel<Message>(2);
  sender.try_send(Message(1));
  { const auto gone = std::move(sender); }
  explored::require(gives(other, 1), "what is in the queue comes before the end");
  explored::require(gives(other, kNone), "and then comes the end");
}

COROKIT_EXPLORED(end_while_it_waits) {
  auto [sender, receiver] = mpsc::channel<Message>(1);
  auto copy = std::make_optional(sender);
  std::thread first([&copy] { copy.reset(); });
  std::thread second([sender = std::make_optional(std::move(sender))]() mutable { sender.reset(); });
  explored::require(block_on(recv(receiver)) == kNone, "recv() gives none when no sender is left");
  first.join();
  second.join();
}

COROKIT_EXPLORED(close_keeps_what_is_queued) {
  auto [sender, receiver] = mpsc::channel<Message>(2);
  explored::require(sends(sender, 1) && sends(sender, 2), "there is room for two");
  ResultByHand<bool> waiting(send(sender, 3));
  explored::require(!waiting.run_on(), "send() waits while the queue is full");
  receiver.close();
  explored::require(waiting.wakes() == 1, "close() wakes the senders that wait");
  explored::require(waiting.run_on() == false, "send() gives false if the channel is closed");
  explored::require(!sender.try_send(Message(4)) && sends(sender, 5, false), "nothing can be sent any more");
  explored::require(gives(receiver, 1) && gives(receiver, 2),
                    "what is in the queue is received after close() too");
  explored::require(gives(receiver, kNone), "recv() gives none if the channel is closed and empty");
  explored::require(!sender.try_send(Message(6)), "nothing can be sent any more, although there is room");
}

COROKIT_EXPLORED(receiver_goes) {
  auto [sender, receiver] = mpsc::channel<Message>(1);
  std::atomic<int> alive = 0;
  explored::require(sender.try_send(Message(1, &alive)), "there is room");
  auto waiting = std::make_unique<ResultByHand<bool>>(send(sender, Message(2, &alive)));
  explored::require(!waiting->run_on(), "send() waits while the queue is full");
  { const auto gone = std::move(receiver); }
  explored::require(waiting->wakes() == 1, "who waits is told that the receiver is gone");
  explored::require(waiting->run_on() == false, "who waits is told that the receiver is gone");
  waiting.reset();
  explored::require(alive == 0, "what nobody can receive any more is destroyed with the receiver");
  explored::require(!sender.try_send(Message(3, &alive)), "nothing can be sent any more");
  explored::require(alive == 0, "a message that is refused is destroyed");
}

COROKIT_EXPLORED(closed_while_sending) {
  explored::wants("sent");
  explored::wants("refused");
  auto [sender, receiver] = mpsc::channel<Message>(1);
  bool sent = false;
  std::thread thread([&sender = sender, &sent] { sent = block_on(send(sender, 1)); });
  receiver.close();
  thread.join();
  explored::require(gives(receiver, sent ? 1 : kNone),
                    "send() gives true exactly if the message is in the queue");
  explored::reached(sent ? "sent" : "refused");
}

COROKIT_EXPLORED(receiver_goes_while_sending) {
  auto [sender, receiver] = mpsc::channel<Message>(1);
  std::atomic<int> alive = 0;
  std::thread thread([gone = std::make_optional(std::move(receiver))]() mutable { gone.reset(); });
  block_on(send(sender, Message(1, &alive)));
  const bool sent = block_on(send(sender, Message(2, &alive)));
  thread.join();
  explored::require(!sent, "there is room for one message only, which nobody receives");
  explored::require(alive == 0, "what nobody can receive any more is destroyed with the receiver");
}

COROKIT_EXPLORED(dropped_in_line) {
  auto [sender, receiver] = mpsc::channel<Message>(1);
  std::atomic<int> alive = 0;
  sender.try_send(Message(1));
  auto dropped = std::make_unique<ResultByHand<bool>>(send(sender, Message(2, &alive)));
  ResultByHand<bool> stays(send(sender, 3));
  explored::require(!dropped->run_on() && !stays.run_on(), "send() waits while the queue is full");
  dropped.reset();
  explored::require(alive == 0, "the message of a send that is dropped while it waits is destroyed");
  explored::require(gives(receiver, 1), "the oldest message comes first");
  explored::require(stays.wakes() == 1 && stays.run_on() == true,
                    "a send that was dropped is not in the way");
  explored::require(gives(receiver, 3), "a send that is dropped while there is no room sends nothing");
}

COROKIT_EXPLORED(dropped_send) {
  explored::wants("dropped before it was told");
  explored::wants("dropped after it was told that there is room");
  auto [sender, receiver] = mpsc::channel<Message>(1);
  sender.try_send(Message(1));
  auto dropped = std::make_unique<ResultByHand<bool>>(send(sender, 2));
  ResultByHand<bool> stays(send(sender, 3));
  explored::require(!dropped->run_on() && !stays.run_on(), "send() waits while the queue is full");
  int first = 0;
  std::thread thread([&] { first = block_on(recv(receiver)); });
  const bool was_told = dropped->wakes() != 0;
  dropped.reset();
  thread.join();
  explored::require(first == 1, "the oldest message comes first");
  auto next = ResultByHand<int>(recv(receiver)).run_on();
  if (next == 2)
    next =
        ResultByHand<int>(recv(receiver)).run_on();  // it was sent when there was room, before it was dropped
  explored::require(stays.wakes() == 1, "the room that a dropped send was given goes to the next in line");
  explored::require(stays.run_on() == true, "send() gives true when there is room");
  explored::require(next ? next == 3 : gives(receiver, 3),
                    "each message comes once, in the order of the queue");
  explored::require(waits(receiver), "each message comes once, in the order of the queue");
  explored::reached(was_told ? "dropped after it was told that there is room" : "dropped before it was told");
}

COROKIT_EXPLORED(dropped_recv) {
  explored::wants("dropped before the message");
  explored::wants("dropped after the message");
  auto [sender, receiver] = mpsc::channel<Message>(1);
  auto dropped = std::make_unique<ResultByHand<int>>(recv(receiver));
  explored::require(!dropped->run_on(), "recv() waits while there is no message");
  std::thread thread([&sender = sender] { sender.try_send(Message(1)); });
  dropped.reset();
  const bool is_here = gives(receiver, 1);
  explored::reached(is_here ? "dropped after the message" : "dropped before the message");
  thread.join();
  explored::require(is_here || gives(receiver, 1), "the wait that was dropped has taken no message away");
}
