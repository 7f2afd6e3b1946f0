// Atomics of all sizes and kinds, and what their orders promise.
//
// Explored: sixteen_bytes_at_once: right
// Explored: an_atomic_float: right
// Explored: an_atomic_ref: right
// Explored: an_atomic_flag: right
// Explored: bits_of_an_atomic: right
// Explored: an_atomic_enum: right
// Explored: an_atomic_byte_among_others: right
// Explored: a_fence_publishes: right
// Explored: a_chain_of_three: right
// Explored: a_release_sequence: right
// Explored: store_buffering: right
// Explored: store_buffering_acq_rel: broken
// Explored: message_passing_relaxed: broken
// Explored: two_readers_disagree: broken
// Explored: two_readers_agree: right
// Explored: one_location_is_coherent: right
// Explored: a_store_ends_the_release_sequence: data race
// Explored: a_stack_without_locks: right
// Explored: twelve_bytes_at_once: right
// Explored: the_atomic_shared_ptr_of_libstdcxx_12: data race
// Explored: a_long_double_and_a_signal_fence: right
#include "explorer/program.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

namespace {

struct alignas(16) Versioned {
  std::int64_t value;
  std::int64_t version;
};

}  // namespace

COROKIT_EXPLORED(sixteen_bytes_at_once) {
  std::atomic<Versioned> shared(Versioned{0, 0});
  const auto add = [&](std::int64_t amount) {
    Versioned seen = shared.load();
    while (!shared.compare_exchange_weak(seen, {seen.value + amount, seen.version + 1})) {
    }
  };
  std::thread thread(add, 1);
  add(2);
  thread.join();
  const Versioned last = shared.load();
  explored::require(last.value == 3 && last.version == 2, "both halves change together");
}

COROKIT_EXPLORED(an_atomic_float) {
  std::atomic<float> sum = 0.5F;
  std::thread thread([&] { sum.fetch_add(1.0F); });
  sum.fetch_sub(0.25F);
  thread.join();
  explored::require(sum.load() == 1.25F, "no addition is lost");
}

COROKIT_EXPLORED(an_atomic_ref) {
  int counter = 0;
  std::thread thread([&] { std::atomic_ref(counter).fetch_add(1, std::memory_order_relaxed); });
  std::atomic_ref(counter).fetch_add(1, std::memory_order_relaxed);
  thread.join();
  explored::require(counter == 2, "no increment is lost");
}

COROKIT_EXPLORED(an_atomic_flag) {
  std::atomic_flag taken;
  std::atomic<int> owners = 0;
  const auto take = [&] {
    if (!taken.test_and_set()) owners.fetch_add(1);
  };
  std::thread thread(take);
  take();
  thread.join();
  explored::require(owners.load() == 1 && taken.test(), "one thread has the flag");
}

COROKIT_EXPLORED(bits_of_an_atomic) {
  std::atomic<unsigned> bits = 0b1000;
  std::thread thread([&] { bits.fetch_or(0b0001); });
  bits.fetch_and(0b0111);
  thread.join();
  bits.fetch_xor(0b0010);
  explored::require(bits.load() == 0b0011, "each bit is changed alone");
}

COROKIT_EXPLORED(an_atomic_enum) {
  enum class State : char { idle, busy, done };
  std::atomic<State> state = State::idle;
  std::atomic<int> workers = 0;
  const auto work = [&] {
    State seen = State::idle;
    if (!state.compare_exchange_strong(seen, State::busy)) return;
    workers.fetch_add(1);
    state.store(State::done);
  };
  std::thread thread(work);
  work();
  thread.join();
  explored::require(workers.load() == 1 && state.load() == State::done, "one thread does the work");
}

COROKIT_EXPLORED(an_atomic_byte_among_others) {
  struct {
    char before = 'a';
    std::atomic<char> letter = 'b';
    char after = 'c';
  } letters;
  std::thread thread([&] {
    letters.before = 'x';
    letters.letter.store('y');
  });
  letters.after = 'z';
  if (letters.letter.load() == 'y')
    explored::require(letters.before == 'x', "what was written before is seen");
  thread.join();
  explored::require(letters.before == 'x' && letters.after == 'z', "no letter is lost");
}

COROKIT_EXPLORED(a_fence_publishes) {
  std::atomic<bool> ready = false;
  int letter = 0;
  std::thread thread([&] {
    letter = 42;
    std::atomic_thread_fence(std::memory_order_release);
    ready.store(true, std::memory_order_relaxed);
  });
  if (ready.load(std::memory_order_relaxed)) {
    std::atomic_thread_fence(std::memory_order_acquire);
    explored::require(letter == 42, "who sees the flag sees the letter");
  }
  thread.join();
}

COROKIT_EXPLORED(a_chain_of_three) {
  std::atomic<bool> written = false;
  std::atomic<bool> forwarded = false;
  int letter = 0;
  std::thread author([&] {
    letter = 42;
    written.store(true, std::memory_order_release);
  });
  std::thread courier([&] {
    if (written.load(std::memory_order_acquire)) forwarded.store(true, std::memory_order_release);
  });
  if (forwarded.load(std::memory_order_acquire))
    explored::require(letter == 42, "the letter went through two hands");
  author.join();
  courier.join();
}

COROKIT_EXPLORED(a_release_sequence) {
  std::atomic<int> state = 0;
  int letter = 0;
  std::thread author([&] {
    letter = 42;
    state.store(1, std::memory_order_release);
  });
  std::thread counter([&] { state.fetch_add(2, std::memory_order_relaxed); });
  // The read-modify-write carries on what the store before it has released.
  if (state.load(std::memory_order_acquire) % 2 == 1) explored::require(letter == 42, "the letter is there");
  author.join();
  counter.join();
}

namespace {

bool both_see_nothing(std::memory_order store, std::memory_order load) {
  std::atomic<int> x = 0;
  std::atomic<int> y = 0;
  int seen_x = 0;
  int seen_y = 0;
  std::thread thread([&] {
    x.store(1, store);
    seen_y = y.load(load);
  });
  y.store(1, store);
  seen_x = x.load(load);
  thread.join();
  return seen_x == 0 && seen_y == 0;
}

}  // namespace

COROKIT_EXPLORED(store_buffering) {
  explored::require(!both_see_nothing(std::memory_order_seq_cst, std::memory_order_seq_cst),
                    "one thread sees the store of the other one");
}

COROKIT_EXPLORED(store_buffering_acq_rel) {
  explored::require(!both_see_nothing(std::memory_order_release, std::memory_order_acquire),
                    "one thread sees the store of the other one");
}

COROKIT_EXPLORED(message_passing_relaxed) {
  std::atomic<int> letter = 0;
  std::atomic<bool> ready = false;
  std::thread thread([&] {
    letter.store(42, std::memory_order_relaxed);
    ready.store(true, std::memory_order_relaxed);
  });
  if (ready.load(std::memory_order_relaxed)) {
    explored::require(letter.load(std::memory_order_relaxed) == 42, "who sees the flag sees the letter");
  }
  thread.join();
}

namespace {

/// Two threads write, and two read what they wrote, in opposite orders.
bool readers_disagree(std::memory_order store, std::memory_order load) {
  std::atomic<int> x = 0;
  std::atomic<int> y = 0;
  bool x_first = false;
  bool y_first = false;
  std::thread writer([&] { x.store(1, store); });
  std::thread reader([&] { x_first = x.load(load) == 1 && y.load(load) == 0; });
  y.store(1, store);
  y_first = y.load(load) == 1 && x.load(load) == 0;
  writer.join();
  reader.join();
  return x_first && y_first;
}

}  // namespace

COROKIT_EXPLORED(two_readers_disagree) {
  explored::require(!readers_disagree(std::memory_order_release, std::memory_order_acquire),
                    "the readers agree on which store came first");
}

COROKIT_EXPLORED(two_readers_agree) {
  explored::require(!readers_disagree(std::memory_order_seq_cst, std::memory_order_seq_cst),
                    "the readers agree on which store came first");
}

COROKIT_EXPLORED(one_location_is_coherent) {
  std::atomic<int> number = 0;
  std::thread writer([&] {
    number.store(1, std::memory_order_relaxed);
    number.store(2, std::memory_order_relaxed);
  });
  const int first = number.load(std::memory_order_relaxed);
  const int second = number.load(std::memory_order_relaxed);
  explored::require(first <= second, "no thread sees a location go back");
  writer.join();
}

COROKIT_EXPLORED(a_store_ends_the_release_sequence) {
  std::atomic<int> state = 0;
  int letter = 0;
  std::thread thread([&] {
    letter = 42;
    state.store(1, std::memory_order_release);
    state.store(2, std::memory_order_relaxed);  // since C++20 it carries nothing on
  });
  if (state.load(std::memory_order_acquire) == 2) explored::require(letter == 42, "the letter is there");
  thread.join();
}

namespace {

struct Node {
  int value;
  Node* next;
};

struct alignas(16) Head {
  Node* first = nullptr;
  std::uint64_t pops = 0;  // tells a head from an earlier one with the same address
};

}  // namespace

COROKIT_EXPLORED(a_stack_without_locks) {
  std::atomic<Head> head(Head{});
  Node nodes[] = {{1, nullptr}, {2, nullptr}};
  const auto push = [&](Node& node) {
    Head seen = head.load(std::memory_order_relaxed);
    do {
      node.next = seen.first;
    } while (!head.compare_exchange_weak(seen, {&node, seen.pops}, std::memory_order_release,
                                         std::memory_order_relaxed));
  };
  const auto pop = [&]() -> Node* {
    Head seen = head.load(std::memory_order_acquire);
    while (seen.first != nullptr) {
      if (head.compare_exchange_weak(seen, {seen.first->next, seen.pops + 1}, std::memory_order_acquire))
        return seen.first;
    }
    return nullptr;
  };
  int sum = 0;
  std::thread thread([&] {
    for (Node& node : nodes) push(node);
  });
  for (int i = 0; i < 2; ++i) {
    if (const Node* const node = pop()) sum += node->value;
  }
  thread.join();
  while (const Node* const node = pop()) sum += node->value;
  explored::require(sum == 3, "each node is popped once");
}

COROKIT_EXPLORED(twelve_bytes_at_once) {
  std::atomic<std::array<int, 3>> colour(std::array<int, 3>{});
  std::thread thread([&] { colour.store({1, 1, 1}); });
  const std::array<int, 3> seen = colour.load();
  explored::require(seen[0] == seen[1] && seen[1] == seen[2], "all parts change together");
  thread.join();
}

// That of libstdc++ 12 has a lock within, and unlocks it relaxed.
COROKIT_EXPLORED(the_atomic_shared_ptr_of_libstdcxx_12) {
  std::atomic<std::shared_ptr<int>> current(std::make_shared<int>(1));
  std::thread thread([&] { current.store(std::make_shared<int>(2)); });
  const std::shared_ptr<int> seen = current.load();
  explored::require(*seen == 1 || *seen == 2, "the number lives as long as somebody looks at it");
  thread.join();
}

COROKIT_EXPLORED(a_long_double_and_a_signal_fence) {
  std::atomic<long double> sum = 0.0L;
  std::thread thread([&] { sum.fetch_add(1.0L); });
  std::atomic_signal_fence(std::memory_order_seq_cst);
  sum.fetch_add(2.0L);
  thread.join();
  explored::require(sum.load() == 3.0L, "no addition is lost");
}
