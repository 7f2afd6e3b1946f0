// What else of the C and C++ libraries a program uses whose answers would not be the same in each schedule.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "c_library.hpp"

using namespace corokit::model;  // NOLINT: all names below are those of the C library

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * kSecond + time.tv_nsec;
}

/// What __tls_get_addr() is asked for (System V ABI, ELF handling for thread-local storage).
struct ThreadLocal {
  std::size_t module;
  std::size_t offset;
};

/// Returns: the result of the system call, in which an error is a negative number.
long futex(Player& player, const std::uint32_t* word, int operation, std::uint32_t value,
           const timespec* time, const void* code) {
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
      return static_cast<long>(player.notify(word, value, false, code));
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: {
      std::int64_t deadline = Wait::kNever;
      if (time) {
        deadline = nanoseconds(*time);
        if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT) deadline += player.engine.threads.now();
      }
      return player.futex_wait(word, value, deadline, code);
    }
    default:
      player.engine.threads.fail(
          "the program is beyond the explorer: it uses an operation of futex that is unknown" + at(code));
  }
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are those of the libraries.
extern "C" {

long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  const Entered player;
  if (!player || number != SYS_futex)
    return COROKIT_OWN(syscall)(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                                arguments[5]);
  const long result = futex(*player, reinterpret_cast<const std::uint32_t*>(arguments[0]),
                            static_cast<int>(arguments[1]), static_cast<std::uint32_t>(arguments[2]),
                            reinterpret_cast<const timespec*>(arguments[3]), COROKIT_CODE(*player));
  if (result >= 0) return result;
  errno = static_cast<int>(-result);
  return -1;
}

int nanosleep(const timespec* time, timespec* left) {
  const Entered player;
  if (!player) return COROKIT_OWN(nanosleep)(time, left);
  player->sleep(player->engine.threads.now() + nanoseconds(*time), COROKIT_CODE(*player));
  return 0;
}
int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* left) {
  const Entered player;
  if (!player) return COROKIT_OWN(clock_nanosleep)(clock, flags, time, left);
  const std::int64_t from = (flags & TIMER_ABSTIME) != 0 ? 0 : player->engine.threads.now();
  player->sleep(from + nanoseconds(*time), COROKIT_CODE(*player));
  return 0;
}
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(clock_gettime)(clock, time);
  const std::int64_t now = player->time(COROKIT_CODE(*player));
  *time = {now / kSecond, now % kSecond};
  return 0;
}
int gettimeofday(timeval* time, void* zone) noexcept {
  const Entered player;
  if (!player) return COROKIT_OWN(gettimeofday)(time, zone);
  const std::int64_t now = player->time(COROKIT_CODE(*player));
  *time = {now / kSecond, now % kSecond / 1'000};
  return 0;
}
time_t time(time_t* result) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

void* __tls_get_addr(ThreadLocal* variable) {
  {
    const Entered player;
    if (player)
      if (void* const address = player->thread_local_variable(variable->module, variable->offset))
        return address;
  }
  static void* (*own)(ThreadLocal*) = nullptr;
  return own_function(own, "__tls_get_addr")(variable);
}

int __cxa_thread_atexit(void (*function)(void*), void* object, void* library) noexcept {
  const Entered player;
  if (player) {
    player->call_at_thread_end(function, object);
    return 0;
  }
  static int (*own)(void (*)(void*), void*, void*) = nullptr;
  return own_function(own, "__cxa_thread_atexit")(function, object, library);
}

int __cxa_atexit(void (*function)(void*), void* object, void* library) noexcept {
  if (Player::loading()) return 0;  // the shared object is never unloaded
  const Entered player;
  if (player) {
    player->call_at_exit(function, object);
    return 0;
  }
  static int (*own)(void (*)(void*), void*, void*) = nullptr;
  return own_function(own, "__cxa_atexit")(function, object, library);
}

// The guards of local static variables. The first byte says that the variable is there; the compiler's own code loads it.
int __cxa_guard_acquire(std::uint8_t* guard) {
  const Entered player;
  if (player && player->granule(guard)) return player->begin_static(guard, COROKIT_CODE(*player)) ? 1 : 0;
  return guard[0] == 0 ? 1 : 0;
}
void __cxa_guard_release(std::uint8_t* guard) noexcept {
  const Entered player;
  if (player && player->granule(guard))
    player->end_static(guard, true, COROKIT_CODE(*player));
  else
    guard[0] = 1;
}
void __cxa_guard_abort(std::uint8_t* guard) noexcept {
  const Entered player;
  if (player && player->granule(guard)) player->end_static(guard, false, COROKIT_CODE(*player));
}

void abort() noexcept {
  {
    const Entered player;
    if (player) player->engine.threads.fail("a crash: the program calls abort()" + at(COROKIT_CODE(*player)));
  }
  static void (*own)() = nullptr;
  own_function(own, "abort")();
  __builtin_trap();
}
void __assert_fail(const char* assertion, const char* file, unsigned line, const char* function) noexcept {
  {
    const Entered player;
    if (player)
      player->engine.threads.fail(std::string("this does not hold: the assertion ") + assertion +
                                  at(COROKIT_CODE(*player)));
  }
  static void (*own)(const char*, const char*, unsigned, const char*) = nullptr;
  own_function(own, "__assert_fail")(assertion, file, line, function);
  __builtin_trap();
}
void exit(int status) noexcept {
  {
    const Entered player;
    if (player) player->engine.threads.fail("a crash: the program calls exit()" + at(COROKIT_CODE(*player)));
  }
  static void (*own)(int) = nullptr;
  own_function(own, "exit")(status);
  __builtin_trap();
}

// std::random_device would give something else each time.
[[noreturn]] unsigned corokit_random_device(void* device) asm("_ZNSt13random_device9_M_getvalEv");
unsigned corokit_random_device(void* device) {
  {
    const Entered player;
    if (player)
      player->engine.threads.fail("the program is not deterministic: it asks a std::random_device" +
                                  at(COROKIT_CODE(*player)));
  }
  static unsigned (*own)(void*) = nullptr;
  own_function(own, "_ZNSt13random_device9_M_getvalEv")(device);
  std::abort();  // not reached: nothing of ours asks one
}

// What program.hpp calls.
void corokit_explored_program(const char* name, void (*body)()) {
  Player* const player = std::exchange(Player::loading(), nullptr);
  if (player) player->add_program(name, body);
  Player::loading() = player;
}
void corokit_explored_require(bool condition, const char* what, const char* /*file*/, unsigned /*line*/) {
  if (condition) return;
  const Entered player;
  if (player)
    player->engine.threads.fail(std::string("this does not hold: ") + what + at(COROKIT_CODE(*player)));
}
void corokit_explored_wants(const char* what) {
  const Entered player;
  if (player) player->want(what);
}
void corokit_explored_reached(const char* what) {
  const Entered player;
  if (player) player->reach(what);
}
void corokit_explored_note(const char* name, long long value) {
  const Entered player;
  if (player) player->engine.recorder.note(name, value);
}
std::size_t corokit_explored_choose(std::size_t count) {
  const Entered player;
  return player ? player->choose(count, COROKIT_CODE(*player)) : 0;
}
void corokit_explored_counts(explored::Counts* counts) {
  const Entered player;
  if (player) *counts = player->counts;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
