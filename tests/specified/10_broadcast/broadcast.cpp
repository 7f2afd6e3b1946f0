#include <10_broadcast/broadcast.hpp>
// The solution comes first: it includes all that it needs itself.
#include <explorer/program.hpp>
#include <specified/by_hand.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

namespace {

using namespace mini;
using broadcast::Closed;
using broadcast::Lagged;
using explored::ResultByHand;

/// A message. It counts its copies.
class Message {
 public:
  explicit Message(int number, int* copies = nullptr) : number_(number), copies_(copies) {
    if (copies_) ++*copies_;
  }
  Message(const Message& other) : Message(other.number_, other.copies_) {}
  Message(Message&& other) noexcept
      : number_(std::exchange(other.number_, 0)), copies_(std::exchange(other.copies_, nullptr)) {}
  Message& operator=(Message other) noexcept {
    std::swap(number_, other.number_);
    std::swap(copies_, other.copies_);
    return *this;
  }
  ~Message() {
    if (copies_) --*copies_;
  }
  int number() const { return number_; }
  friend bool operator==(const Message& one, const Message& other) { return one.number_ == other.number_; }

 private:
  int number_;  // 0 if it was moved away
  int* copies_;
};
using Receiver = broadcast::Receiver<Message>;
using Received = broadcast::Received<Message>;

Task<Received> recv(Receiver& receiver) {
  co_return co_await receiver.recv();
}

/// Whether recv() gives `expected` without waiting.
bool gives(Receiver& receiver, const Received& expected) {
  return ResultByHand<Received>(recv(receiver)).run_on() == expected;
}
bool gives(Receiver& receiver, int number) {
  return gives(receiver, Received(Message(number)));
}
bool waits(Receiver& receiver) {
  return !ResultByHand<Received>(recv(receiver)).run_on();
}

/// What somebody has heard until the end. The messages are 1, 2, 3…
struct Heard {
  int messages = 0;
  int missed = 0;
  int last = 0;
};

Task<Heard> listen(Receiver receiver) {
  Heard heard;
  for (;;) {
    const Received received = co_await receiver.recv();
    if (received.index() == 2) co_return heard;
    if (const Lagged* lagged = std::get_if<Lagged>(&received)) {
      explored::require(lagged->missed > 0, "who has lagged has missed a message");
      heard.missed += static_cast<int>(lagged->missed);
    } else {
      ++heard.messages;
      heard.last = std::get<0>(received).number();
      explored::require(heard.last == heard.messages + heard.missed,
                        "no message is passed over, none comes twice");
    }
  }
}

}  // namespace

COROKIT_EXPLORED(counts_receivers) {
  auto [sender, receiver] = broadcast::channel<Message>(2);
  explored::require(sender.send(Message(1)) == 1, "send() returns the number of receivers");
  {
    auto other = sender.subscribe();
    explored::require(sender.send(Message(2)) == 2, "who subscribes is counted");
    const auto moved = std::move(other);
    explored::require(sender.send(Message(3)) == 2, "who is moved is one receiver, not two");
  }
  explored::require(sender.send(Message(4)) == 1, "who is gone is not counted");
  { const auto gone = std::move(receiver); }
  explored::require(sender.send(Message(5)) == 0, "send() returns 0 if there is no receiver");
}

COROKIT_EXPLORED(reaches_all) {
  auto [sender, receiver] = broadcast::channel<Message>(3);
  auto other = sender.subscribe();
  sender.send(Message(1));
  sender.send(Message(2));
  explored::require(gives(receiver, 1), "each receiver gets the oldest message first");
  sender.send(Message(3));
  explored::require(gives(other, 1), "each receiver gets each message, also if another one has read it");
  explored::require(gives(receiver, 2) && gives(receiver, 3),
                    "messages come in the order in which they were sent");
  explored::require(gives(other, 2) && gives(other, 3), "each receiver has its own place");
  explored::require(waits(receiver) && waits(other), "recv() waits if every message was read");
  const auto same = sender;
  explored::require(same.send(Message(4)) == 2, "a copy of the sender sends on the same channel");
  explored::require(gives(receiver, 4), "the ring goes round: message 4 is where message 1 was");
}

COROKIT_EXPLORED(newcomers) {
  auto [sender, receiver] = broadcast::channel<Message>(2);
  sender.send(Message(1));
  auto late = sender.subscribe();
  explored::require(waits(late), "a newcomer does not get what was sent before it came");
  sender.send(Message(2));
  explored::require(gives(late, 2), "a newcomer gets what is sent from then on");
  explored::require(gives(receiver, 1) && gives(receiver, 2),
                    "a newcomer takes nothing away from the others");
  { const auto gone = std::move(receiver); }
  { const auto gone = std::move(late); }
  explored::require(sender.send(Message(3)) == 0, "nobody is there");
  auto alone = sender.subscribe();
  explored::require(waits(alone), "a message that was sent to nobody is not kept");
  sender.send(Message(4));
  explored::require(gives(alone, 4), "a newcomer gets what is sent from then on");
}

COROKIT_EXPLORED(lag) {
  auto [sender, receiver] = broadcast::channel<Message>(3);
  auto quick = sender.subscribe();
  for (int i = 1; i <= 3; ++i) sender.send(Message(i));
  explored::require(gives(quick, 1), "as many messages as the capacity are kept: nobody has lagged");
  sender.send(Message(4));
  explored::require(gives(receiver, Lagged(1)),
                    "one message more than the capacity: one is lost, and it is said so");
  explored::require(gives(receiver, 2), "after Lagged comes the oldest message that is kept");
  explored::require(gives(quick, 2), "lag is that of one receiver: the others get every message");
  for (int i = 5; i <= 9; ++i) sender.send(Message(i));
  explored::require(gives(receiver, Lagged(4)), "of 3 to 9 the last three are kept: four are lost");
  for (int i = 7; i <= 9; ++i)
    explored::require(gives(receiver, i), "after Lagged come all messages that are kept");
  explored::require(waits(receiver), "after the last message recv() waits");
  for (int i = 10; i <= 13; ++i) sender.send(Message(i));
  explored::require(gives(receiver, Lagged(1)), "one message is lost");
  for (int i = 14; i <= 16; ++i) sender.send(Message(i));
  explored::require(gives(receiver, Lagged(3)),
                    "messages that are lost after Lagged are told by another Lagged");
  explored::require(gives(receiver, 14), "after Lagged comes the oldest message that is kept");
}

COROKIT_EXPLORED(capacity_of_one) {
  auto [sender, receiver] = broadcast::channel<Message>(1);
  for (int i = 1; i <= 3; ++i) {
    sender.send(Message(i));
    explored::require(gives(receiver, i), "a ring of one keeps one message");
  }
  sender.send(Message(4));
  sender.send(Message(5));
  explored::require(gives(receiver, Lagged(1)) && gives(receiver, 5),
                    "a ring of one keeps the newest message");
}

// Two receivers do what a list of all messages says, on all sequences of five operations.
COROKIT_EXPLORED(as_the_model) {
  const int capacity = static_cast<int>(explored::choose(2)) + 1;
  auto [sender, receiver] = broadcast::channel<Message>(static_cast<std::size_t>(capacity));
  std::optional<Receiver> other;
  int sent = 0;  // the model: messages 0 to sent - 1 were sent, and this is the next one for each receiver
  int next[] = {0, 0};
  for (int step = 0; step != 5; ++step) {
    const std::size_t choice = explored::choose(other ? 4 : 3);
    if (choice == 0) {
      explored::require(sender.send(Message(sent++)) == (other ? 2U : 1U),
                        "send() returns the number of receivers");
    } else if (choice == 1 && !other) {
      other.emplace(sender.subscribe());
      next[1] = sent;
    } else if (choice == 1) {
      other.reset();
    } else {
      int& cursor = next[choice - 2];
      Receiver& reader = choice == 2 ? receiver : *other;
      if (cursor == sent) {
        explored::require(waits(reader), "recv() waits if every message was read");
      } else if (const int oldest = sent - capacity; cursor < oldest) {
        explored::require(gives(reader, Lagged(static_cast<std::uint64_t>(oldest - cursor))),
                          "Lagged says how many");
        cursor = oldest;
      } else {
        explored::require(gives(reader, cursor++), "recv() gives the next message");
      }
    }
  }
}

COROKIT_EXPLORED(all_who_wait_are_woken) {
  auto [sender, receiver] = broadcast::channel<Message>(2);
  auto other = sender.subscribe();
  ResultByHand<Received> first(recv(receiver));
  ResultByHand<Received> second(recv(other));
  explored::require(!first.run_on() && !second.run_on(), "recv() waits for a message");
  sender.send(Message(1));
  explored::require(first.wakes() == 1 && second.wakes() == 1, "send() wakes all who wait, each once");
  explored::require(first.run_on() == Received(Message(1)), "who was woken gets the message");
  sender.send(Message(2));
  sender.send(Message(3));
  explored::require(second.wakes() == 1, "who is woken and has not run yet is not woken once more");
  explored::require(second.run_on() == Received(Lagged(1)),
                    "who was woken and did not run for long has lagged");
}

COROKIT_EXPLORED(nothing_is_lost) {
  explored::wants("every message is read");
  explored::wants("some messages are missed");
  auto [sender, receiver] = broadcast::channel<Message>(1);
  std::thread thread([sender = std::make_optional(std::move(sender))]() mutable {
    sender->send(Message(1));
    sender->send(Message(2));
    sender.reset();
  });
  const Heard heard = block_on(listen(std::move(receiver)));
  thread.join();
  explored::require(heard.messages + heard.missed == 2, "what was read and what was missed is what was sent");
  explored::require(heard.last == 2, "the newest message is always kept");
  explored::reached(heard.missed ? "some messages are missed" : "every message is read");
}

COROKIT_EXPLORED(two_readers) {
  auto [sender, receiver] = broadcast::channel<Message>(1);
  auto other = sender.subscribe();
  std::thread thread([&other] {
    explored::require(block_on(recv(other)) == Received(Message(1)), "each gets the message");
  });
  std::thread sends([&sender = sender] { sender.send(Message(1)); });
  explored::require(block_on(recv(receiver)) == Received(Message(1)), "each gets the message");
  thread.join();
  sends.join();
}

COROKIT_EXPLORED(end_of_the_senders) {
  auto ends = std::make_optional(broadcast::channel<Message>(2));
  auto receiver = std::move(ends->second);
  auto last = std::make_optional(ends->first);
  auto other = last->subscribe();
  ResultByHand<Received> waiting(recv(receiver));
  explored::require(!waiting.run_on(), "recv() waits for a message");
  ends.reset();
  explored::require(waiting.wakes() == 0, "the channel goes on as long as one sender is left");
  last->send(Message(1));
  explored::require(waiting.run_on() == Received(Message(1)), "recv() gives the message");
  ResultByHand<Received> waiting_for_more(recv(receiver));
  explored::require(!waiting_for_more.run_on(), "recv() waits for a message");
  last->send(Message(2));
  explored::require(waiting_for_more.run_on() == Received(Message(2)), "recv() gives the message");
  ResultByHand<Received> waiting_for_the_end(recv(receiver));
  explored::require(!waiting_for_the_end.run_on(), "recv() waits for a message");
  last->send(Message(3));
  last.reset();
  explored::require(waiting_for_the_end.run_on() == Received(Message(3)),
                    "the last message comes before the end");
  explored::require(gives(receiver, Closed()) && gives(receiver, Closed()),
                    "after the last message comes the end");
  explored::require(gives(other, Lagged(1)), "who has lagged is told so, also at the end");
  explored::require(gives(other, 2) && gives(other, 3),
                    "what is kept is received although the sender is gone");
  explored::require(gives(other, Closed()), "after the last message comes the end");
}

COROKIT_EXPLORED(end_for_all) {
  auto [sender, receiver] = broadcast::channel<Message>(2);
  auto other = sender.subscribe();
  ResultByHand<Received> first(recv(receiver));
  ResultByHand<Received> second(recv(other));
  explored::require(!first.run_on() && !second.run_on(), "recv() waits for a message");
  { const auto gone = std::move(sender); }
  explored::require(first.wakes() == 1 && second.wakes() == 1, "the end wakes all who wait, each once");
  explored::require(first.run_on() == Received(Closed()), "after the last message comes the end");
}

COROKIT_EXPLORED(end_while_it_waits) {
  auto [sender, receiver] = broadcast::channel<Message>(1);
  std::thread thread([sender = std::make_optional(std::move(sender))]() mutable { sender.reset(); });
  explored::require(block_on(recv(receiver)) == Received(Closed()),
                    "recv() gives Closed when the sender is gone");
  thread.join();
}

COROKIT_EXPLORED(frees_what_is_read) {
  auto [sender, receiver] = broadcast::channel<Message>(4);
  auto other = sender.subscribe();
  int copies = 0;
  sender.send(Message(1, &copies));
  sender.send(Message(1, &copies));
  explored::require(copies == 2,
                    "the channel keeps one copy of each message, however many receivers there are");
  ResultByHand<Received>(recv(receiver)).run_on();
  explored::require(copies == 2, "a message is kept until every receiver has read it");
  ResultByHand<Received>(recv(other)).run_on();
  explored::require(copies == 1, "a message is destroyed when the last receiver has read it");
  ResultByHand<Received>(recv(other)).run_on();
  { const auto gone = std::move(receiver); }
  explored::require(copies == 0, "a receiver that is gone keeps no message");
  sender.send(Message(1, &copies));
  sender.send(Message(1, &copies));
  { const auto gone = std::move(other); }
  explored::require(copies == 0, "a receiver that is gone keeps no message");
  explored::require(sender.send(Message(1, &copies)) == 0, "nobody is there");
  explored::require(copies == 0, "a message to nobody is destroyed");
}

COROKIT_EXPLORED(frees_what_is_overwritten) {
  auto [sender, receiver] = broadcast::channel<Message>(2);
  int copies = 0;
  auto other = sender.subscribe();
  for (int i = 0; i != 5; ++i) sender.send(Message(1, &copies));
  explored::require(copies == 2, "a message that is overwritten is destroyed");
  auto late = sender.subscribe();
  { const auto gone = std::move(receiver); }
  explored::require(copies == 2, "what one receiver has not read and is gone is kept for the other one");
  explored::require(gives(other, Lagged(3)) && gives(other, 1), "what is kept can be received");
  { const auto gone = std::move(other); }
  explored::require(copies == 0, "who has lagged and is gone keeps no message");
  sender.send(Message(1, &copies));
  explored::require(copies == 1, "the message is kept for the newcomer");
}

COROKIT_EXPLORED(dropped_recv) {
  explored::wants("dropped before the message");
  explored::wants("dropped after the message");
  auto [sender, receiver] = broadcast::channel<Message>(1);
  auto other = sender.subscribe();
  ResultByHand<Received> stays(recv(other));
  auto dropped = std::make_unique<ResultByHand<Received>>(recv(receiver));
  explored::require(!dropped->run_on() && !stays.run_on(), "recv() waits for a message");
  std::thread thread([&sender = sender] { sender.send(Message(1)); });
  dropped.reset();
  const bool is_here = gives(receiver, 1);
  explored::reached(is_here ? "dropped after the message" : "dropped before the message");
  thread.join();
  explored::require(stays.run_on() == Received(Message(1)),
                    "the others get the message although one was dropped");
  explored::require(is_here || gives(receiver, 1), "the wait that was dropped has taken no message away");
}

COROKIT_EXPLORED(they_come_and_go) {
  auto [sender, receiver] = broadcast::channel<Message>(1);
  auto stays = sender.subscribe();
  std::thread thread([gone = std::make_unique<Receiver>(std::move(receiver)), &sender = sender]() mutable {
    gone.reset();
    sender.subscribe();
  });
  const std::size_t first = sender.send(Message(1));
  const std::size_t second = sender.send(Message(2));
  thread.join();
  explored::require(first == 1 || first == 2, "send() counts the receivers that are there");
  explored::require(second == 1 || second == 2, "send() counts the receivers that are there");
  explored::require(sender.send(Message(3)) == 1, "one receiver is left");
  explored::require(gives(stays, Lagged(2)) && gives(stays, 3), "whoever stays gets the messages");
}
