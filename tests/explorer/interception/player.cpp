#include "player.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <cerrno>
#include <stdexcept>

namespace std {  // what std::call_once keeps for each thread
extern __thread void* __once_callable;
extern __thread void (*__once_call)();
}  // namespace std

namespace corokit::model {
namespace {

void* map(std::uintptr_t address, std::size_t size, int flags) {
  void* const mapped = mmap(reinterpret_cast<void*>(address), size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
  if (mapped == MAP_FAILED) throw std::runtime_error("there is no room for the memory of the program");
  return mapped;
}

}  // namespace

Player* Player::playing_ = nullptr;
Player* Player::loading_ = nullptr;

Player::Player(const std::string& file)
    : engine(*this, nullptr), arena_(reinterpret_cast<std::byte*>(kMemory), kArena) {
  map(kMemory, kMemorySize, MAP_FIXED_NOREPLACE);
  granules_ = static_cast<Granule*>(map(0, kMemorySize / 8 * sizeof(Granule), 0));
  for (std::size_t i = 0; i < kThreads; ++i)  // a page that may not be touched, below each stack
    mprotect(stack(i).begin, 4096, PROT_NONE);
  find_c_library();
  loading_ = this;
  void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  loading_ = nullptr;
  if (!handle) throw std::runtime_error(dlerror());
  image_.load(handle);
  if (image_.thread_local_size() > kThreadLocals)
    throw std::runtime_error("the program is too large: its thread-local variables take more than 64 KiB");
  arena_.keep();
  data_granules_.resize(image_.data_size() / 8 + 1);
  lines_ = std::make_unique<DebugLines>(image_);
  engine.recorder.use(lines_.get());
}

Player::~Player() {
  munmap(reinterpret_cast<void*>(kMemory), kMemorySize);
  munmap(granules_, kMemorySize / 8 * sizeof(Granule));
}

void Player::find_c_library() {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* player) {
        if (std::strstr(info->dlpi_name, "/libc.so") == nullptr) return 0;
        auto& self = *static_cast<Player*>(player);
        for (std::size_t i = 0; i < info->dlpi_phnum; ++i) {
          if ((info->dlpi_phdr[i].p_flags & PF_X) == 0 || info->dlpi_phdr[i].p_type != PT_LOAD) continue;
          self.c_library_ = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
          self.c_library_size_ = info->dlpi_phdr[i].p_memsz;
        }
        return 1;
      },
      this);
}

Environment::Stack Player::stack(std::size_t thread) {
  return {reinterpret_cast<void*>(kMemory + kArena + thread * kStack), kStack};
}
std::byte* Player::thread_locals(std::size_t thread) const noexcept {
  return reinterpret_cast<std::byte*>(kMemory + kArena + kThreads * kStack + thread * kThreadLocals);
}

void Player::switched(std::size_t from, std::size_t to) noexcept {
  once_[from] = {std::__once_callable, reinterpret_cast<void*>(std::__once_call)};
  std::__once_callable = once_[to][0];
  std::__once_call = reinterpret_cast<void (*)()>(once_[to][1]);
}

bool Player::saw_what_others_change(std::size_t thread) {
  constexpr std::size_t kLast = 4;  // what came before them has little to do with the wait
  const Spins& spins = spins_[thread];
  for (std::size_t i = 0; i < std::min(kLast, spins.known()); ++i) {
    Granule* const cell = granule(spins.address(i));
    if (!cell) continue;
    for (std::uint32_t j = engine.shadow.fresh(*cell).locations; j != 0; j = engine.memory[j].next)
      if (engine.memory[j].address == spins.address(i) && engine.memory.has_lost(j, thread)) return true;
  }
  return false;
}

explorer::Report Player::explore(const Program& program, const explorer::Options& options) {
  return explorer::search(options, [&](explorer::Choices& choices, explorer::Recording* recording) {
    return play(program, options, choices, recording);
  });
}

explorer::Played Player::play(const Program& program, const explorer::Options& options,
                              explorer::Choices& choices, explorer::Recording* recording) {
  image_.restore();
  arena_.clear();
  lock_count_ = 0;
  for (auto& calls : calls_) calls.depth = 0;
  for (auto& spins : spins_) spins.news();
  for (auto& calls : at_thread_end_) calls.clear();
  at_exit_.clear();
  meetings_.clear();
  for (auto& values : values_) values.clear();
  keys_.resize(kept_keys_);
  once_ = {};
  used_again_ = goes_on_ = -1;
  wanted_.clear();
  reached_.clear();
  program_ = &program;
  played_ = true;
  explorer::Played played;
  played.failure = engine.play(
      choices, options.max_steps, recording, [](void* self) { static_cast<Player*>(self)->run_program(); },
      this);
  played_ = false;
  playing_ = nullptr;
  for (const std::string& what : wanted_) played.missed.push_back(what);
  for (const std::string& what : reached_) played.reached.push_back(what);
  return played;
}

void Player::run_program() {
  image_.fill_thread_locals(thread_locals(0));
  {
    const Left left(*this);
    program_->body();
  }
  end_thread();
  call_all(at_exit_);
  if (!engine.threads.all_others_ended()) return;
  if (const std::string left = leak(); !left.empty()) engine.threads.fail(left);
}

std::string Player::leak() {
  const auto left = arena_.unreachable(
      {{image_.data(), image_.data_size()}, {thread_locals(0), image_.thread_local_size()}});
  if (left.empty()) return "";
  std::string text = "a leak: a block of " + std::to_string(left.front()->size) +
                     " bytes that was allocated" + at(left.front()->allocated_by) + " is never freed";
  if (left.size() > 1) text += ", nor are " + std::to_string(left.size() - 1) + " others";
  return text;
}

void Player::call_all(std::vector<Call>& calls) {
  while (!calls.empty()) {
    const Call call = calls.back();
    calls.pop_back();
    const Left left(*this);
    call.function(call.argument);
  }
}

/// Destroys what belongs to the running thread.
void Player::end_thread() {
  const std::size_t thread = engine.threads.running();
  call_all(at_thread_end_[thread]);
  for (std::uint32_t key = 0; key < values_[thread].size(); ++key) {
    void* const value = const_cast<void*>(std::exchange(values_[thread][key], nullptr));
    if (!value || key >= keys_.size() || !keys_[key]) continue;
    const Left left(*this);
    keys_[key](value);
  }
}

void Player::meet(const void* object) {
  ThreadView& view = engine.threads.view();
  auto meeting = std::ranges::find(meetings_, object, &std::pair<const void*, Knowledge>::first);
  if (meeting == meetings_.end()) meeting = meetings_.insert(meeting, {object, {}});
  view.now.join(meeting->second);
  meeting->second.join(view.now);
  view.tick();
}

void Player::too_deep(const void* caller) {
  engine.threads.fail("a crash: the stack of " + lane_name(engine.threads.running()) +
                      " is full: more than " + std::to_string(kNesting) + " calls are nested" +
                      at(own_code(caller, nullptr)));
}

void Player::call_at_thread_end(void (*function)(void*), void* argument) {
  at_thread_end_[engine.threads.running()].push_back({function, argument});
}

std::size_t Player::start(void* (*function)(void*), void* argument, bool detached, const void* code) {
  const std::size_t thread = engine.threads.start(
      [](void* self) {
        auto& player = *static_cast<Player*>(self);
        const std::size_t number = player.engine.threads.running();
        player.image_.fill_thread_locals(player.thread_locals(number));
        Started& started = player.started_[number];
        {
          const Left left(player);
          started.result = started.function(started.argument);
        }
        player.end_thread();
      },
      this);
  started_[thread] = {function, argument, nullptr};
  if (detached) engine.threads.detach(thread);
  operation(code, "starts " + lane_name(thread));
  spins().news();
  return thread;
}

void* Player::join(std::size_t thread, const void* code) {
  if (thread >= engine.threads.count())
    engine.threads.fail("a thread that does not exist is joined" + at(code));
  operation(code, "joins " + lane_name(thread));
  engine.threads.join(thread, code);
  spins().news();
  return started_[thread].result;
}

/// A library has called us. Its frames are small, so the first address after a call that lies in the program's code is
/// that of its own call.
const void* Player::call_on_stack(const void* frame) const noexcept {
  constexpr std::size_t kWords = 256;
  const auto from = reinterpret_cast<std::uintptr_t>(frame);
  if (from - kMemory >= kMemorySize) return nullptr;
  const std::size_t left = (kStack - from % kStack) / sizeof(std::uintptr_t);
  const auto* const words = static_cast<const std::uintptr_t*>(frame);
  for (std::size_t i = 0; i < std::min(kWords, left); ++i) {
    const auto* const after = reinterpret_cast<const unsigned char*>(words[i]);
    if (!image_.has_code(after) || !image_.has_code(after - 6)) continue;
    const bool direct = after[-5] == 0xe8;
    const bool indirect = after[-6] == 0xff || after[-3] == 0xff || after[-2] == 0xff;
    if (direct || indirect) return after;
  }
  return nullptr;
}

const void* Player::own_code(const void* return_address, const void* frame) noexcept {
  const void* const code = first_own_code(return_address, frame);
  places_[engine.threads.running()] =
      reinterpret_cast<std::uintptr_t>(return_address) * 31 + reinterpret_cast<std::uintptr_t>(code);
  return code;
}

const void* Player::first_own_code(const void* return_address, const void* frame) noexcept {
  const void* code = image_.has_code(return_address) ? return_address : call_on_stack(frame);
  if (!code) return return_address;
  const CallStack& calls = calls_[engine.threads.running()];
  for (std::size_t depth = std::min(calls.depth, calls.callers.size()); lines_->in_library(code); --depth) {
    if (depth == 0) return return_address;
    code = calls.callers[depth - 1];
  }
  return code;
}

/// What was an atomic object is written as plain memory: it is another object from now on.
void Player::forget(Granule& cell, const void* address, std::size_t size) {
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  std::uint32_t* link = &cell.locations;
  while (*link != 0) {
    Location& location = engine.memory[*link];
    const auto other = reinterpret_cast<std::uintptr_t>(location.address);
    if (begin < other + location.size && other < begin + size)
      *link = location.next;
    else
      link = &location.next;
  }
}

/// The thread may wait for plain memory to change: that has to happen, so that the race is seen.
void Player::plain_loop(const void* code) {
  accesses_ = 0;
  if (!engine.threads.run_next(code)) return;
  spins().news();
}

void Player::access(const void* address, std::size_t size, Access::Kind kind, const void* code) {
  Granule* cell = granule(address);
  if (!cell) return;
  if (++accesses_ > kAccesses) plain_loop(code);
  const std::uint32_t event = engine.next_event();
  if (engine.recorder.on()) engine.recorder.access(engine.threads, code, event, kind, address, size);
  auto at = reinterpret_cast<std::uintptr_t>(address);
  const std::uintptr_t end = at + size;
  while (at < end) {
    const std::size_t first = at % 8;
    const std::size_t count = std::min(8 - first, end - at);
    const auto bytes = static_cast<std::uint8_t>(((1U << count) - 1) << first);
    if (const Access* other = engine.shadow.access(*cell, bytes, kind, engine.threads.view(), code, event))
      engine.conflict(*other, kind, address, size, code, event);
    if (kind == Access::Kind::write && cell->locations != 0) forget(*cell, address, size);
    at += count;
    ++cell;
  }
}

std::uint32_t Player::location(Granule& cell, const void* address, std::size_t size) {
  for (std::uint32_t i = cell.locations; i != 0; i = engine.memory[i].next)
    if (engine.memory[i].address == address && engine.memory[i].size == size) return i;
  Word value = 0;
  std::memcpy(&value, address, size);
  const std::uint32_t number = engine.memory.add(address, static_cast<std::uint8_t>(size), value);
  engine.memory[number].next = cell.locations;
  return cell.locations = number;
}

Granule& Player::check(const void* address, std::size_t size, Access::Kind kind, const void* code,
                       std::uint32_t event) {
  Granule* const cell = granule(address);
  const auto first = reinterpret_cast<std::uintptr_t>(address) % 8;
  const auto bytes = static_cast<std::uint8_t>(size >= 8 ? 0xff : ((1U << size) - 1) << first);
  for (std::size_t i = 0; i < (size + 7) / 8; ++i)
    if (const Access* other = engine.shadow.access(cell[i], bytes, kind, engine.threads.view(), code, event))
      engine.conflict(*other, kind, address, size, code, event);
  return *cell;
}

std::uint32_t Player::atomic(const void* address, std::size_t size, Access::Kind kind, const void* code,
                             std::uint32_t event) {
  return location(check(address, size, kind, code, event), address, size);
}

Word Player::load(const void* address, std::size_t size, std::memory_order order, const void* code) {
  point(code, address);
  const std::uint32_t event = engine.next_event();
  const std::uint32_t location = atomic(address, size, Access::Kind::atomic_read, code, event);
  const Word value = engine.load(location, {"load", order, code, event});
  done(code, address, value, false);
  return value;
}

void Player::store(void* address, std::size_t size, Word value, std::memory_order order, const void* code) {
  point(code, address);
  const std::uint32_t event = engine.next_event();
  const std::uint32_t location = atomic(address, size, Access::Kind::atomic_write, code, event);
  const bool changed = engine.memory.newest(location).value != value;
  engine.store(location, value, {"store", order, code, event});
  std::memcpy(address, &value, size);
  done(code, address, value, changed);
}

void Player::fence(std::memory_order order, const void* code) {
  engine.threads.point(code);
  engine.fence({"fence", order, code, engine.next_event()});
  done(code, nullptr, 0, false);
}

void Player::pause(const void* code) {
  Spins& own = spins();
  std::array<const void*, Threads::kWatched> watched{};
  std::size_t count = 0;
  bool time = false;
  bool sees_more = false;
  for (std::size_t i = 0; i < own.length(); ++i) {
    const void* const address = own.address(i);
    watched[count++] = address;
    time |= address == this;
    const Granule* const cell = granule(address);
    if (!cell) continue;
    const Granule now = engine.shadow.fresh(*granule(address));
    for (std::uint32_t j = now.locations; j != 0; j = engine.memory[j].next)
      if (engine.memory[j].address == address) sees_more |= engine.memory.catch_up(j, engine.threads.view());
  }
  if (sees_more) return own.news();
  if (own.rounds() < kRoundsToPause + kMoreRounds) {
    // Whether it goes on for a while is chosen once: a pause would hide what it does in the end if it only counts.
    if (goes_on_ < 0)
      goes_on_ = engine.threads.others_are_able()
                     ? static_cast<int>(engine.threads.choices().next(explorer::Kind::preemption, 2))
                     : 1;
    if (goes_on_ != 0) return;
  }
  if (time)
    engine.threads.wait(
        {.what = Wait::For::sleep, .deadline = engine.threads.now() + 1'000'000, .may_be_early = false},
        code);
  else
    engine.threads.spin(watched.data(), count, code);
}

void Player::yield(const void* code) {
  if (repeats())
    engine.threads.quiet_point(code);
  else
    engine.threads.yield(code);
  operation(code, "yields");
  done(code, nullptr, 0, false);
}

void Player::sleep(std::int64_t deadline, const void* code) {
  Threads& threads = engine.threads;
  operation(code, "sleeps");
  if (!repeats())
    threads.wait({.what = Wait::For::sleep, .deadline = deadline}, code);
  else if (threads.was_early())  // the others are as slow as before
    threads.advance(std::max<std::int64_t>(deadline - threads.now(), 0));
  else
    threads.wait({.what = Wait::For::sleep, .deadline = deadline, .may_be_early = false}, code);
  done(code, nullptr, 0, false);
}

std::int64_t Player::time(const void* code) {
  engine.threads.advance(1'000);
  done(code, this, 0, false);
  return engine.threads.now();
}

std::size_t Player::notify(const void* on, std::size_t count, bool any, const void* code) {
  point(code, on);
  std::size_t woken = 0;
  while (woken < count && engine.threads.wake_one(on, any && count == 1)) ++woken;
  if (woken == 0) engine.threads.missed(on);
  operation(code, woken == 0 ? "notifies nobody" : "notifies");
  done(code, on, 0, woken != 0);
  return woken;
}

long Player::futex_wait(const std::uint32_t* word, std::uint32_t expected, std::int64_t deadline,
                        const void* code) {
  point(code, word);
  if (granule(word)) check(word, sizeof *word, Access::Kind::atomic_read, code, engine.next_event());
  if (*word != expected) {
    operation(code, "does not sleep: the value is another one");
    done(code, word, *word, false);
    return -EAGAIN;
  }
  if (engine.threads.choices().next(explorer::Kind::spurious_wake, 2) != 0) {
    operation(code, "wakes for nothing");
    done(code, word, *word, true);
    return 0;
  }
  operation(code, "sleeps until it is notified");
  const bool woken = engine.threads.wait({.what = Wait::For::futex,
                                          .on = word,
                                          .word = word,
                                          .value = expected,
                                          .deadline = deadline,
                                          .may_be_early = !repeats()},
                                         code);
  done(code, word, 0, woken);
  return woken ? 0 : -ETIMEDOUT;
}

bool Player::begin_static(std::uint8_t* guard, const void* code) {
  constexpr std::size_t kMaking = 1;  // the byte of the guard that says that a thread makes the variable
  const auto unchanged = [](Word&) { return false; };
  for (;;) {
    const Word there =
        update("load", guard, 1, std::memory_order_acquire, std::memory_order_acquire, code, unchanged);
    if (there != 0) return false;
    if (guard[kMaking] == 0) break;
    engine.threads.wait({.what = Wait::For::lock, .on = guard}, code);
  }
  guard[kMaking] = 1;
  return true;
}

void Player::end_static(std::uint8_t* guard, bool made, const void* code) {
  if (made) store(guard, 1, 1, std::memory_order_release, code);
  guard[1] = 0;
  engine.threads.wake_all(guard);
}

void Player::call_once(int& once, void (*function)(), const void* code) {
  constexpr Word kDone = 2;
  constexpr Word kCalling = 1;
  const auto begin = [](Word& value) { return value == 0 && (value = kCalling, true); };
  for (;;) {
    const Word before = update("call_once", &once, sizeof once, std::memory_order_acquire,
                               std::memory_order_acquire, code, begin);
    if (before == kDone) return;
    if (before == 0) break;
    engine.threads.wait({.what = Wait::For::lock, .on = &once}, code);
  }
  try {
    const Left left(*this);
    function();
  } catch (...) {
    store(&once, sizeof once, 0, std::memory_order_release, code);
    engine.threads.wake_all(&once);
    throw;
  }
  store(&once, sizeof once, kDone, std::memory_order_release, code);
  engine.threads.wake_all(&once);
}

Lock& Player::lock(std::uint32_t& number, const void* address, const void* code) {
  if (granule(address)) check(address, 4, Access::Kind::atomic_write, code, engine.next_event());
  if (number == 0 || number > lock_count_ || locks_[number - 1].address != address) {
    if (lock_count_ == locks_.size()) locks_.resize(2 * locks_.size() + 16);
    locks_[lock_count_] = {};
    locks_[lock_count_].address = address;
    number = static_cast<std::uint32_t>(++lock_count_);
  }
  return locks_[number - 1];
}

bool Player::used_again(std::size_t size) {
  if (used_again_ == 0 || !arena_.has_freed(size)) return false;
  if (used_again_ < 0) used_again_ = engine.threads.choices().next(explorer::Kind::branch, 2) != 0;
  return used_again_ != 0;
}

void* Player::allocate(std::size_t size, std::size_t alignment, const void* code) {
  Block* const block = arena_.allocate(size, alignment, code, played_ && used_again(size));
  if (!block) return nullptr;
  if (played_ && block->used_again)
    for (std::size_t i = 0; i < size; i += 8) *granule(block->begin + i) = {};
  return block->begin;
}

bool Player::free(void* memory, const void* code) {
  if (!owns(memory)) return false;
  Block* const block = arena_.find(memory);
  if (!played_) return true;
  if (!block) engine.threads.fail("a crash: what is freed" + at(code) + " is no block that was allocated");
  const std::uint32_t event = engine.next_event();
  if (block->freed)
    engine.threads.fail("a double free: a block of " + std::to_string(block->size) + " bytes that was freed" +
                        at(block->freed_by) + " is freed again" + at(code));
  block->freed = true;
  block->freed_by = code;
  engine.recorder.access(engine.threads, code, event, Access::Kind::freed, memory, block->size);
  const std::uint32_t freed = engine.shadow.begin_free(engine.threads.view(), code, event);
  for (std::size_t i = 0; i < block->size; i += 8)
    if (const Access* other = engine.shadow.free(*granule(block->begin + i), freed, engine.threads.view()))
      engine.conflict(*other, Access::Kind::freed, block->begin, block->size, code, event);
  return true;
}

std::size_t Player::size_of(const void* memory) noexcept {
  const Block* const block = arena_.find(memory);
  return block ? block->size : 0;
}

void* Player::thread_local_variable(std::size_t module, std::size_t offset) noexcept {
  if (module != image_.module()) return nullptr;
  return thread_locals(engine.threads.running()) + offset;
}

}  // namespace corokit::model
