#include <11_watch/watch.hpp>
// The solution comes first: it includes all that it needs itself.
#include <explorer/program.hpp>
#include <specified/by_hand.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace {

using namespace mini;
using explored::ResultByHand;

/// A value of two parts, which belong together.
class Value {
 public:
  explicit Value(int number) : left_(number), right_(number) {}
  int number() const {
    explored::require(left_ == right_, "nobody sees half of a value");
    return left_;
  }
  friend bool operator==(const Value&, const Value&) = default;

 private:
  int left_;
  int right_;
};
using Receiver = watch::Receiver<Value>;

Task<bool> changed(Receiver& receiver) {
  co_return co_await receiver.changed();
}

/// Whether changed() gives `expected` without waiting.
bool changed_is_at_once(Receiver& receiver, bool expected) {
  return ResultByHand<bool>(changed(receiver)).run_on() == expected;
}
bool changed_waits(Receiver& receiver) {
  return !ResultByHand<bool>(changed(receiver)).run_on();
}

/// What somebody saw who looked at the value after each change.
struct Seen {
  int changes = 0;
  int last = 0;
};

Task<Seen> follow(Receiver receiver) {
  Seen seen;
  while (co_await receiver.changed()) {
    ++seen.changes;
    const int now = receiver.get().number();
    explored::require(now >= seen.last, "nobody sees an older value after a newer one");
    seen.last = now;
  }
  co_return seen;
}

}  // namespace

COROKIT_EXPLORED(newest_value) {
  auto [sender, receiver] = watch::channel(Value(1));
  explored::require(receiver.get().number() == 1, "the value is the first one before anything is sent");
  sender.send(Value(2));
  explored::require(receiver.get().number() == 2, "get() gives the value that was sent");
  sender.send(Value(3));
  sender.send(Value(4));
  explored::require(receiver.get().number() == 4, "get() gives the newest value");
  explored::require(receiver.get().number() == 4, "get() takes nothing away");
  const auto other = sender.subscribe();
  explored::require(other.get().number() == 4, "who subscribes later sees the newest value as well");
  const auto same = sender;
  same.send(Value(5));
  explored::require(receiver.get().number() == 5, "a copy of the sender changes the same value");
}

COROKIT_EXPLORED(last_value_stays) {
  auto ends = std::make_optional(watch::channel(Value(1)));
  auto receiver = std::move(ends->second);
  ends->first.send(Value(2));
  ends.reset();
  explored::require(receiver.get().number() == 2, "the last value can be seen when the sender is gone");
}

COROKIT_EXPLORED(each_change_once) {
  auto [sender, receiver] = watch::channel(Value(1));
  ResultByHand<bool> waits(changed(receiver));
  explored::require(!waits.run_on(), "the first value is no change: changed() waits");
  sender.send(Value(2));
  explored::require(waits.wakes() == 1, "send() wakes who waits, once");
  explored::require(waits.run_on() == true, "changed() gives true after a change");
  explored::require(changed_waits(receiver), "a change is told once");
  sender.send(Value(3));
  sender.send(Value(4));
  explored::require(changed_is_at_once(receiver, true),
                    "changed() does not wait if there was a change already");
  explored::require(changed_waits(receiver), "two changes that nobody saw in between are told as one");
  ResultByHand<bool> waits_again(changed(receiver));
  explored::require(!waits_again.run_on(), "changed() waits");
  sender.send(Value(5));
  sender.send(Value(6));
  explored::require(waits_again.wakes() == 1, "who is woken and has not run yet is not woken once more");
  explored::require(waits_again.run_on() == true, "changed() gives true after two changes");
  explored::require(changed_waits(receiver), "two changes during one wait are told as one");
}

COROKIT_EXPLORED(state_not_events) {
  auto [sender, receiver] = watch::channel(Value(1));
  sender.send(Value(2));
  sender.send(Value(1));
  explored::require(changed_is_at_once(receiver, true), "from 1 to 2 and back to 1: the value was changed");
  sender.send(Value(1));
  explored::require(changed_is_at_once(receiver, true),
                    "who sends an equal value changes it: nobody compares values");
  sender.send(Value(7));
  auto late = sender.subscribe();
  explored::require(changed_waits(late), "who subscribes has seen the value that is there");
  auto copy = receiver;
  explored::require(changed_is_at_once(copy, true),
                    "a copy has seen what the original had seen, and not more");
  explored::require(changed_waits(copy), "a copy is told once");
  explored::require(changed_is_at_once(receiver, true), "the original remembers on its own");
  sender.send(Value(8));
  explored::require(receiver.get().number() == 8, "get() gives the newest value");
  explored::require(changed_is_at_once(receiver, true),
                    "get() does not count the value as seen; changed() does");
}

// What a counter of versions does, on all sequences of five operations.
COROKIT_EXPLORED(as_the_model) {
  auto ends = std::make_optional(watch::channel(Value(0)));
  auto receiver = std::move(ends->second);
  auto sender = std::make_optional(std::move(ends->first));
  std::optional<ResultByHand<bool>> wait;
  bool is_new = false;  // the model: there is a value that the receiver has not seen
  for (int step = 0; step != 5; ++step) {
    switch (explored::choose(4)) {
      case 0:
        if (!sender) return;
        sender->send(Value(step / 2));
        is_new = true;
        break;
      case 1:
        sender.reset();
        break;
      case 2:  // waits, or goes on if it waits and was woken
        if (wait && wait->wakes() == 0) return;
        if (!wait) wait.emplace(changed(receiver));
        if (const auto result = wait->run_on()) {
          explored::require(*result == is_new, "changed() gives true exactly if there is a value not seen");
          explored::require(is_new || !sender,
                            "changed() waits until there is a new value, or the sender is gone");
          is_new = false;
          wait.reset();
        }
        break;
      default:  // dropped, perhaps after it was woken
        wait.reset();
    }
    const bool is_settled = is_new || !sender;
    explored::require(!wait || (wait->wakes() != 0) == is_settled,
                      "who waits is woken exactly if there is news");
  }
}

COROKIT_EXPLORED(no_change_is_missed) {
  explored::wants("two changes are told as one");
  explored::wants("each change is told");
  auto [sender, receiver] = watch::channel(Value(0));
  std::thread thread([sender = std::move(sender)] {
    sender.send(Value(1));
    sender.send(Value(2));
  });
  const Seen seen = block_on(follow(std::move(receiver)));
  thread.join();
  explored::require(seen.last == 2, "whoever looks after each change has seen the last value in the end");
  explored::require(seen.changes <= 2, "changed() invents no change");
  explored::reached(seen.changes == 1 ? "two changes are told as one" : "each change is told");
}

COROKIT_EXPLORED(all_are_told) {
  auto [sender, receiver] = watch::channel(Value(0));
  auto other = sender.subscribe();
  std::thread thread([&other] {
    explored::require(block_on(changed(other)), "each receiver is told of the change");
    explored::require(other.get().number() == 1, "the value is there before its receivers are told");
  });
  std::thread sends([&sender = sender] { sender.send(Value(1)); });
  explored::require(block_on(changed(receiver)), "each receiver is told of the change");
  explored::require(receiver.get().number() == 1, "the value is there before its receivers are told");
  thread.join();
  sends.join();
}

COROKIT_EXPLORED(whole_values) {
  explored::wants("the value is read before it is sent");
  explored::wants("the value is read after it was sent");
  auto [sender, receiver] = watch::channel(Value(0));
  std::thread thread([&sender = sender] { sender.send(Value(1)); });
  auto late = sender.subscribe();
  const int number = late.get().number();
  thread.join();
  explored::require(number != 0 || changed_is_at_once(late, true),
                    "who has seen the old value is told of the new one");
  explored::require(receiver.get().number() == 1, "get() gives the newest value");
  explored::reached(number ? "the value is read after it was sent" : "the value is read before it is sent");
}

COROKIT_EXPLORED(end_of_the_sender) {
  auto ends = std::make_optional(watch::channel(Value(1)));
  auto receiver = std::move(ends->second);
  auto other = receiver;
  ResultByHand<bool> waits(changed(receiver));
  explored::require(!waits.run_on(), "changed() waits");
  ends->first.send(Value(2));
  explored::require(waits.run_on() == true, "changed() gives true after a change");
  ResultByHand<bool> waits_for_more(changed(receiver));
  auto third = receiver;
  ResultByHand<bool> waits_too(changed(third));
  explored::require(!waits_for_more.run_on() && !waits_too.run_on(), "changed() waits");
  ends.reset();
  explored::require(waits_for_more.wakes() == 1, "who waits is woken when the sender is gone");
  explored::require(waits_too.wakes() == 1, "all who wait are woken when the sender is gone");
  explored::require(waits_for_more.run_on() == false, "changed() gives false: there is no further value");
  explored::require(changed_is_at_once(receiver, false), "changed() gives false at once from then on");
  explored::require(changed_is_at_once(other, true), "a value that was not seen comes before the end");
  explored::require(changed_is_at_once(other, false), "and then comes the end");
}

COROKIT_EXPLORED(end_while_they_wait) {
  auto [sender, receiver] = watch::channel(Value(0));
  std::thread thread([sender = std::make_optional(std::move(sender))]() mutable { sender.reset(); });
  explored::require(!block_on(changed(receiver)), "changed() gives false when the sender is gone");
  thread.join();
}

COROKIT_EXPLORED(dropped_wait) {
  explored::wants("dropped before the change");
  explored::wants("dropped after the change");
  auto [sender, receiver] = watch::channel(Value(0));
  auto other = receiver;
  auto dropped = std::make_unique<ResultByHand<bool>>(changed(receiver));
  ResultByHand<bool> stays(changed(other));
  explored::require(!dropped->run_on() && !stays.run_on(), "changed() waits");
  std::thread thread([&sender = sender] { sender.send(Value(1)); });
  dropped.reset();
  explored::reached(receiver.get().number() == 0 ? "dropped before the change" : "dropped after the change");
  thread.join();
  explored::require(stays.wakes() == 1, "the others are told although one was dropped");
  explored::require(stays.run_on() == true, "the others are told although one was dropped");
  explored::require(changed_is_at_once(receiver, true),
                    "a change that was told to nobody counts as not seen");
}
