#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "explorer/engine.hpp"
#include "explorer/program.hpp"

#include "simulation/search.hpp"

#include "arena.hpp"
#include "image.hpp"
#include "lock.hpp"
#include "source_lines.hpp"

namespace corokit::model {

/// Plays programs of one shared object, whose accesses to memory and calls of the C library come here.
///
/// Their memory is at fixed addresses: what they allocate, the stacks, and the thread-local variables. Before each schedule
/// it is as it was when the object had been loaded.
class Player final : Environment {
 public:
  struct Program {
    std::string name;
    void (*body)();
  };

  /// Returns: the player that loads its shared object; null if none does.
  static Player*& loading() noexcept { return loading_; }
  /// Returns: the player whose program's own code runs; null while the explorer's does.
  static Player* playing() noexcept { return playing_; }

  /// Loads the shared object. Throws: std::runtime_error. One player at a time exists.
  explicit Player(const std::string& file);
  ~Player() override;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  const std::vector<Program>& programs() const noexcept { return programs_; }
  explorer::Report explore(const Program& program, const explorer::Options& options);
  /// Plays one schedule.
  explorer::Played play(const Program& program, const explorer::Options& options, explorer::Choices& choices,
                        explorer::Recording* recording);
  std::optional<SourceLines::Line> line(const void* code) const {
    return code ? lines_->line(code) : std::nullopt;
  }

  // What the program calls while it is loaded or played.
  void add_program(const char* name, void (*body)()) { programs_.push_back({name, body}); }
  void want(const char* what) { wanted_.insert(what); }
  void reach(const char* what) { reached_.insert(what); }

  /// Returns: the call in the program's own code that has led to a call of ours, which returns to `return_address`:
  /// functions of libraries are left out.
  /// Fails the schedule if the stack is full.
  const void* own_code(const void* return_address, const void* frame);
  /// The same for code that has been interrupted, by what its registers point to.
  const void* own_code_at(const void* code, const void* frame, const void* stack) noexcept;
  /// Returns: whether an address is at the end of a stack, where nothing may be.
  static bool is_beyond_stack(const void* address) noexcept { return left_of_stack(address) < kGuard; }
  [[noreturn]] void stack_is_full(const void* code);

  /// Returns: what is known of the 8 bytes that an address is in; null if that memory is not the program's.
  Granule* granule(const void* address) noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    if (at - kMemory < kMemorySize) return &granules_[(at - kMemory) / 8];
    const std::uintptr_t in_data = at - reinterpret_cast<std::uintptr_t>(image_.data());
    return in_data < image_.data_size() ? &data_granules_[in_data / 8] : nullptr;
  }

  /// An access to plain memory, while there is no other thread. Returns: false if it is one for access().
  bool access_alone(const void* address, std::size_t size, const void* frame);
  /// An access to plain memory.
  void access(const void* address, std::size_t size, Access::Kind kind, const void* code);

  // Operations on atomic objects. Requires: granule(address) is not null.
  Word load(const void* address, std::size_t size, std::memory_order order, const void* code);
  void store(void* address, std::size_t size, Word value, std::memory_order order, const void* code);
  template <class F>
  Word update(const char* name, void* address, std::size_t size, std::memory_order order,
              std::memory_order failure, const void* code, const F& change) {
    ++counts.atomic_operations;
    ++counts.read_modify_writes;
    point(code, address);
    const std::uint32_t event = engine.next_event();
    const std::uint32_t location = atomic(address, size, Access::Kind::atomic_write, code, event);
    Word wrote = 0;
    bool changed = false;
    const Word old = engine.update(location, {name, order, code, event}, failure, [&](Word& value) {
      const Word before = value;
      if (!change(value)) return false;
      wrote = value;
      changed = wrote != before;
      return true;
    });
    if (changed) std::memcpy(address, &wrote, size);
    done(code, address, old, changed);
    return old;
  }
  void fence(std::memory_order order, const void* code);

  /// A point of an operation that is none on an atomic object; and what it saw, if it can be repeated.
  void point(const void* code, const void* address) {
    if (spins().expects(place(), address))
      engine.threads.quiet_point(code);
    else
      engine.threads.point(code);
  }
  void done(const void* code, const void* address, Word saw, bool changed) {
    engine.threads.sees(address, static_cast<std::uint64_t>(saw));
    accesses_ = 0;
    if (changed) return spins().news();
    spins().repeatable(place(), address, static_cast<std::uint64_t>(saw));
    if (spins().rounds() > kRoundsToPause) pause(code);
  }
  void sleep(std::int64_t deadline, const void* code);
  /// Returns: whether the running thread repeats what it did since it was last at the same place.
  bool repeats() noexcept { return spins().repeats(place()); }
  void yield(const void* code);
  std::int64_t time(const void* code);
  void operation(const void* code, std::string text, const void* address = nullptr) {
    engine.recorder.operation(engine.threads, code, engine.next_event(), std::move(text), address);
  }

  /// Wakes some of those that wait on `on`; with `any`, those that are chosen. Returns: how many.
  std::size_t notify(const void* on, std::size_t count, bool any, const void* code);
  /// Returns: 0, or a negative error number.
  long futex_wait(const std::uint32_t* word, std::uint32_t expected, std::int64_t deadline, const void* code);
  /// Calls the function unless that has been done. `once` holds the C library's state of it: 2 once it is done.
  void call_once(int& once, void (*function)(), const void* code);
  /// Returns: whether the thread has to make the variable that the guard is of.
  bool begin_static(std::uint8_t* guard, const void* code);
  void end_static(std::uint8_t* guard, bool made, const void* code);

  /// Returns: the lock whose number a lock of the C library holds; a new one if it holds none.
  Lock& lock(std::uint32_t& number, const void* address, const void* code);

  std::size_t start(void* (*function)(void*), void* argument, bool detached, const void* code);
  void* join(std::size_t thread, const void* code);
  /// The values that a thread keeps under the keys of the C library.
  const void*& value(std::uint32_t key) {
    auto& values = values_[engine.threads.running()];
    if (key >= values.size()) values.resize(key + 1);
    return values[key];
  }
  std::uint32_t add_key(void (*destroy)(void*)) {
    keys_.push_back(destroy);
    if (in_library_) kept_keys_ = keys_.size();
    return static_cast<std::uint32_t>(keys_.size() - 1);
  }
  /// Calls what a library does once in the life of the process: the keys that it makes are kept.
  void call_in_library(const std::function<void()>& call);
  /// Orders what the running thread did after what those did that met here before: a library counts references to
  /// `object`, and we do not see how.
  void meet(const void* object);
  void call_at_thread_end(void (*function)(void*), void* argument);
  void call_at_exit(void (*function)(void*), void* argument) { at_exit_.push_back({function, argument}); }

  void* allocate(std::size_t size, std::size_t alignment, const void* code);
  /// Returns: false if the memory is none that allocate() has returned.
  bool free(void* memory, const void* code);
  /// Returns: the size of a block; 0 if there is none.
  std::size_t size_of(const void* memory) noexcept;
  /// Returns: whether the memory is that of programs.
  static bool owns(const void* memory) noexcept {
    return reinterpret_cast<std::uintptr_t>(memory) - kMemory < kArena;
  }
  /// Returns: whether code is that of the C library, which keeps what it allocates.
  bool in_c_library(const void* code) const noexcept {
    return reinterpret_cast<std::uintptr_t>(code) - c_library_ < c_library_size_;
  }

  /// Returns: the address of a thread-local variable of the running thread; null if it is not the program's.
  void* thread_local_variable(std::size_t module, std::size_t offset) noexcept;

  const Image& image() const noexcept { return image_; }
  /// Returns: a number that grows while the program does something.
  std::uint64_t progress() const noexcept { return engine.threads.all_steps() + accesses_ + work_; }
  const void*& thrown_by() noexcept { return thrown_by_[engine.threads.running()]; }

  /// Returns: a number below `count`, which the schedule decides.
  std::size_t choose(std::size_t count, const void* code);
  /// Returns: whether a choice is one of choose().
  bool is_choosing() const noexcept { return choosing_; }

  Engine engine;
  explored::Counts counts;  // of this schedule

 private:
  static constexpr std::uintptr_t kMemory = std::uintptr_t{1} << 40U;
  static constexpr std::size_t kArena = 64U << 20U;
  static constexpr std::size_t kStack = 8U << 20U;
  static constexpr std::size_t kThreadLocals = 64U << 10U;
  static constexpr std::size_t kMemorySize = kArena + kThreads * (kStack + kThreadLocals);
  static constexpr std::size_t kRoundsToPause = 24;  // more than a wait for an atomic looks before it sleeps
  static constexpr std::size_t kAccesses = 100'000;  // to plain memory, after which others run
  static constexpr std::size_t kWorkAlone = 150'000'000;  // of the only thread
  static constexpr std::size_t kWorkOfAllocation = 20;
  static constexpr std::size_t kGuard = 64U << 10U;     // of a stack, at its end, which may not be touched
  static constexpr std::size_t kHeadroom = 64U << 10U;  // of a stack, that what we do has to have
  static constexpr std::size_t kMoreRounds = 1'000;

  struct Started {
    void* (*function)(void*) = nullptr;
    void* argument = nullptr;
    void* result = nullptr;
  };
  struct Call {
    void (*function)(void*);
    void* argument;
  };

  Stack stack(std::size_t thread) override;
  void switched(std::size_t from, std::size_t to) noexcept override;
  bool saw_what_others_change(std::size_t thread) override;
  std::byte* thread_locals(std::size_t thread) const noexcept;
  const void* first_own_code(const void* return_address, const void* frame) noexcept;
  const std::uintptr_t* call_on_stack(const std::uintptr_t* from) const noexcept;
  const std::uintptr_t* frame_of_caller(const std::uintptr_t* below,
                                        const std::uintptr_t* call) const noexcept;
  const void* own_call(const void* code, const std::uintptr_t* frame) noexcept;
  /// Returns: how much of its stack is below an address; much if it is in no stack.
  static std::uintptr_t left_of_stack(const void* address) noexcept {
    const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(address) - kMemory - kArena;
    return at < kThreads * kStack ? at % kStack : kStack;
  }
  void find_c_library();
  void run_program();
  void call_all(std::vector<Call>& calls);
  void end_thread();
  std::string leak();
  void plain_loop(const void* code);
  void work_alone(std::size_t work, const void* code);
  void forget(Granule& cell, const void* address, std::size_t size);
  Granule& check(const void* address, std::size_t size, Access::Kind kind, const void* code,
                 std::uint32_t event);
  std::uint32_t atomic(const void* address, std::size_t size, Access::Kind kind, const void* code,
                       std::uint32_t event);
  std::uint32_t location(Granule& granule, const void* address, std::size_t size);
  std::uintptr_t place() const noexcept { return places_[engine.threads.running()]; }
  Spins& spins() noexcept { return spins_[engine.threads.running()]; }
  void pause(const void* code);
  bool used_again(std::size_t size);

  friend class Entered;
  friend class Left;
  static Player* playing_;  // while the program's own code runs
  static Player* loading_;  // while its shared object is loaded

  Image image_;
  std::unique_ptr<DebugLines> lines_;
  std::vector<Program> programs_;
  Arena arena_;
  Granule* granules_;
  std::vector<Granule> data_granules_;
  std::vector<Lock> locks_;
  std::size_t lock_count_ = 0;
  std::array<Spins, kThreads> spins_;
  std::array<std::uintptr_t, kThreads>
      places_{};  // of the calls that each thread makes: in the library and in its own code
  std::array<Started, kThreads> started_;
  std::array<std::vector<Call>, kThreads> at_thread_end_;
  std::vector<Call> at_exit_;
  std::vector<std::pair<const void*, Knowledge>> meetings_;
  std::vector<void (*)(void*)> keys_;  // what destroys their values
  std::size_t kept_keys_ = 0;
  bool in_library_ = false;
  std::array<std::vector<const void*>, kThreads> values_;
  std::array<const void*, kThreads> thrown_by_{};
  std::array<std::array<void*, 2>, kThreads> once_{};  // what std::call_once keeps for each thread
  std::uintptr_t c_library_ = 0;
  std::size_t c_library_size_ = 0;
  bool played_ = false;
  bool choosing_ = false;
  std::size_t accesses_ = 0;  // to plain memory, since the last operation that others could see
  std::size_t work_ = 0;      // accesses to plain memory, and allocations, while there was only one thread
  int goes_on_ = -1;          // whether a thread that spins goes on for a while; -1: that is not decided
  int used_again_ = -1;       // whether freed blocks are used again in this schedule; -1: that is not decided
  std::set<std::string> wanted_;
  std::set<std::string> reached_;
  const Program* program_ = nullptr;
};

}  // namespace corokit::model
