// What a file that is compiled with -fsanitize=thread calls: each access to memory.
#include <atomic>
#include <cstdint>
#include <cstring>

#include "entered.hpp"

namespace corokit::model {
namespace {

/// Where the program is.
struct Here {
  const void* return_address;
  const void* frame;
  const void* in(Player& player) const noexcept { return player.own_code(return_address, frame); }
};

void access(const void* address, std::size_t size, Access::Kind kind, const Here& here) {
  access(address, size, kind, here.return_address, here.frame);
}

std::memory_order order_of(int order) {
  return static_cast<std::memory_order>(order);
}

template <class T>
T load(const volatile T* address, int order, const Here& here) {
  const Entered player;
  if (!player || !player->granule(const_cast<const T*>(address))) return *address;
  return static_cast<T>(
      player->load(const_cast<const T*>(address), sizeof(T), order_of(order), here.in(*player)));
}

template <class T>
void store(volatile T* address, T value, int order, const Here& here) {
  const Entered player;
  if (!player || !player->granule(const_cast<T*>(address)))
    *address = value;
  else
    player->store(const_cast<T*>(address), sizeof(T), value, order_of(order), here.in(*player));
}

/// `change(value, player)` changes the value, or returns false; the player is null for memory that is not the program's.
template <class T, class F>
T update(const char* name, volatile T* address, int order, int failure, const Here& here, const F& change) {
  const Entered player;
  if (!player || !player->granule(const_cast<T*>(address))) {
    const T old = *address;
    T value = old;
    if (change(value, nullptr)) *address = value;
    return old;
  }
  return static_cast<T>(player->update(name, const_cast<T*>(address), sizeof(T), order_of(order),
                                       order_of(failure), here.in(*player), [&](Word& word) {
                                         auto value = static_cast<T>(word);
                                         if (!change(value, &*player)) return false;
                                         word = value;
                                         return true;
                                       }));
}

template <class T, class F>
T fetch(const char* name, volatile T* address, int order, const Here& here, const F& changed) {
  return update(name, address, order, order, here, [&](T& value, Player*) {
    value = static_cast<T>(changed(value));
    return true;
  });
}

template <class T>
int compare_exchange(volatile T* address, T* expected, T desired, int order, int failure, const Here& here) {
  const T wanted = *expected;
  const T old = update("compare_exchange", address, order, failure, here, [&](T& value, Player*) {
    if (value != wanted) return false;
    value = desired;
    return true;
  });
  if (old == wanted) return 1;
  *expected = old;
  return 0;
}

/// This one may fail for nothing.
template <class T>
int compare_exchange_weak(volatile T* address, T* expected, T desired, int order, int failure,
                          const Here& here) {
  const T wanted = *expected;
  bool exchanged = false;
  const T old = update("compare_exchange", address, order, failure, here, [&](T& value, Player* player) {
    if (value != wanted) return false;
    if (player && player->engine.threads.choices().next(corokit::explorer::Kind::spurious_wake, 2) != 0)
      return false;
    exchanged = true;
    value = desired;
    return true;
  });
  *expected = old;
  return exchanged ? 1 : 0;
}

Word word_of(const void* value, std::size_t size) {
  Word word = 0;
  std::memcpy(&word, value, size);
  return word;
}

/// Returns: whether an operation is the player's to make.
bool is_played(const Entered& player, const void* address, std::size_t size, const Here& here) {
  if (!player || !player->granule(address)) return false;
  if (size > sizeof(Word))
    player->engine.threads.fail("the program is beyond the explorer: it uses an atomic object of " +
                                std::to_string(size) + " bytes" + at(here.in(*player)));
  return true;
}

void sized_load(std::size_t size, const void* address, void* result, int order, const Here& here) {
  const Entered player;
  if (!is_played(player, address, size, here)) {
    std::memcpy(result, address, size);
    return;
  }
  const Word value = player->load(address, size, order_of(order), here.in(*player));
  std::memcpy(result, &value, size);
}

void sized_exchange(std::size_t size, void* address, const void* desired, void* result, int order,
                    const Here& here) {
  const Entered player;
  if (!is_played(player, address, size, here)) {
    if (result) std::memcpy(result, address, size);
    std::memcpy(address, desired, size);
    return;
  }
  const Word value = word_of(desired, size);
  if (!result) return player->store(address, size, value, order_of(order), here.in(*player));
  const auto change = [value](Word& now) { return now = value, true; };
  const Word old =
      player->update("exchange", address, size, order_of(order), order_of(order), here.in(*player), change);
  std::memcpy(result, &old, size);
}

bool sized_compare_exchange(std::size_t size, void* address, void* expected, const void* desired, int order,
                            int failure, const Here& here) {
  const Entered player;
  const Word wanted = word_of(expected, std::min(size, sizeof(Word)));
  if (!is_played(player, address, size, here)) {
    const bool same = std::memcmp(address, expected, size) == 0;
    std::memcpy(same ? address : expected, same ? desired : address, size);
    return same;
  }
  const Word value = word_of(desired, size);
  const auto change = [=](Word& now) { return now == wanted && (now = value, true); };
  const Word old = player->update("compare_exchange", address, size, order_of(order), order_of(failure),
                                  here.in(*player), change);
  if (old != wanted) std::memcpy(expected, &old, size);
  return old == wanted;
}

}  // namespace
}  // namespace corokit::model

using namespace corokit::model;  // NOLINT: all names below are those that the compiler calls
using Kind = Access::Kind;

#define COROKIT_HERE (Here{__builtin_return_address(0), __builtin_frame_address(0)})

// NOLINTBEGIN(bugprone-reserved-identifier, bugprone-macro-parentheses, readability-identifier-naming): the names are
// the compiler's, and the types have none.
#define COROKIT_PLAIN(size)                     \
  void __tsan_read##size(void* p) {             \
    access(p, size, Kind::read, COROKIT_HERE);  \
  }                                             \
  void __tsan_write##size(void* p) {            \
    access(p, size, Kind::write, COROKIT_HERE); \
  }                                             \
  void __tsan_unaligned_read##size(void* p) {   \
    access(p, size, Kind::read, COROKIT_HERE);  \
  }                                             \
  void __tsan_unaligned_write##size(void* p) {  \
    access(p, size, Kind::write, COROKIT_HERE); \
  }

#define COROKIT_FETCH(bits, T, name, expression)                                            \
  T __tsan_atomic##bits##_##name(volatile T* p, T operand, int order) {                     \
    return fetch(#name, p, order, COROKIT_HERE, [operand](T value) { return expression; }); \
  }

#define COROKIT_ATOMIC(bits, T)                                                                       \
  T __tsan_atomic##bits##_load(const volatile T* p, int order) {                                      \
    return load(p, order, COROKIT_HERE);                                                              \
  }                                                                                                   \
  void __tsan_atomic##bits##_store(volatile T* p, T value, int order) {                               \
    store(p, value, order, COROKIT_HERE);                                                             \
  }                                                                                                   \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile T* p, T* expected, T desired, int order, \
                                                    int failure) {                                    \
    return compare_exchange(p, expected, desired, order, failure, COROKIT_HERE);                      \
  }                                                                                                   \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile T* p, T* expected, T desired, int order,   \
                                                  int failure) {                                      \
    return compare_exchange_weak(p, expected, desired, order, failure, COROKIT_HERE);                 \
  }                                                                                                   \
  T __tsan_atomic##bits##_compare_exchange_val(volatile T* p, T expected, T desired, int order,       \
                                               int failure) {                                         \
    compare_exchange(p, &expected, desired, order, failure, COROKIT_HERE);                            \
    return expected;                                                                                  \
  }                                                                                                   \
  COROKIT_FETCH(bits, T, exchange, (static_cast<void>(value), operand))                               \
  COROKIT_FETCH(bits, T, fetch_add, value + operand)                                                  \
  COROKIT_FETCH(bits, T, fetch_sub, value - operand)                                                  \
  COROKIT_FETCH(bits, T, fetch_and, value& operand)                                                   \
  COROKIT_FETCH(bits, T, fetch_or, value | operand)                                                   \
  COROKIT_FETCH(bits, T, fetch_xor, value ^ operand)                                                  \
  COROKIT_FETCH(bits, T, fetch_nand, ~(value & operand))

// Atomic objects of other sizes. The compiler does not instrument these; the library of GCC takes a lock for them. The
// compiler knows their names, and would not let us define them by these.
extern "C" {
void sized_atomic_load(std::size_t size, const void* p, void* result, int order) asm("__atomic_load");
void sized_atomic_store(std::size_t size, void* p, const void* value, int order) asm("__atomic_store");
void sized_atomic_exchange(std::size_t size, void* p, const void* value, void* result,
                           int order) asm("__atomic_exchange");
bool sized_atomic_compare_exchange(std::size_t size, void* p, void* expected, const void* desired, int order,
                                   int failure) asm("__atomic_compare_exchange");
bool sized_atomic_is_lock_free(std::size_t size, const void* p) asm("__atomic_is_lock_free");

void sized_atomic_load(std::size_t size, const void* p, void* result, int order) {
  sized_load(size, p, result, order, COROKIT_HERE);
}
void sized_atomic_store(std::size_t size, void* p, const void* value, int order) {
  sized_exchange(size, p, value, nullptr, order, COROKIT_HERE);
}
void sized_atomic_exchange(std::size_t size, void* p, const void* value, void* result, int order) {
  sized_exchange(size, p, value, result, order, COROKIT_HERE);
}
bool sized_atomic_compare_exchange(std::size_t size, void* p, void* expected, const void* desired, int order,
                                   int failure) {
  return sized_compare_exchange(size, p, expected, desired, order, failure, COROKIT_HERE);
}
bool sized_atomic_is_lock_free(std::size_t size, const void*) {
  return size <= sizeof(Word);
}
}

extern "C" {

void __tsan_init() {}

// Programs that are not compiled with tsan-instrument-func-entry-exit=0 call these.
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}

COROKIT_PLAIN(1)
COROKIT_PLAIN(2)
COROKIT_PLAIN(4)
COROKIT_PLAIN(8)
COROKIT_PLAIN(16)
void __tsan_read_range(void* p, unsigned long size) {
  access(p, size, Kind::read, COROKIT_HERE);
}
void __tsan_write_range(void* p, unsigned long size) {
  access(p, size, Kind::write, COROKIT_HERE);
}
void __tsan_vptr_read(void** p) {
  access(p, sizeof *p, Kind::read, COROKIT_HERE);
}
void __tsan_vptr_update(void** p, void* value) {
  if (*p != value) access(p, sizeof *p, Kind::write, COROKIT_HERE);
}

COROKIT_ATOMIC(8, std::uint8_t)
COROKIT_ATOMIC(16, std::uint16_t)
COROKIT_ATOMIC(32, std::uint32_t)
COROKIT_ATOMIC(64, std::uint64_t)
COROKIT_ATOMIC(128, Word)

void __tsan_atomic_thread_fence(int order) {
  const Entered player;
  if (player) player->fence(order_of(order), COROKIT_HERE.in(*player));
}
void __tsan_atomic_signal_fence(int) {}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, bugprone-macro-parentheses, readability-identifier-naming)

#undef COROKIT_HERE
#undef COROKIT_PLAIN
#undef COROKIT_FETCH
#undef COROKIT_ATOMIC
