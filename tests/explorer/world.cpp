#include "world.hpp"

#include "engine.hpp"

#include <corokit/detail/task/turn.hpp>

#include <sys/mman.h>
#include <array>
#include <utility>

namespace corokit::model {
namespace {

constexpr std::size_t kStack = 256U << 10U;

std::uint64_t schedules = 0;  // of all worlds, so that a cell knows its own

/// The stacks, and the runtime's own thread-local variable.
class RuntimeThreads final : public Environment {
 public:
  ~RuntimeThreads() override {
    for (void* stack : stacks_)
      if (stack) munmap(stack, kStack);
  }
  Stack stack(std::size_t thread) override {
    contexts_[thread] = nullptr;
    if (!stacks_[thread])
      stacks_[thread] =
          mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    return {stacks_[thread], kStack};
  }
  void switched(std::size_t from, std::size_t to) noexcept override {
    contexts_[from] = detail::exchange_context(contexts_[to]);
  }
  void abandoned(std::size_t thread) override { stacks_[thread] = nullptr; }  // there are objects on it

 private:
  std::array<void*, kThreads> stacks_{};
  std::array<detail::Context*, kThreads> contexts_{};
};

void call(void* function) {
  const std::unique_ptr<std::function<void()>> owned(static_cast<std::function<void()>*>(function));
  (*owned)();
}

}  // namespace

struct World::Inside {
  RuntimeThreads runtime_threads;
  Engine engine{runtime_threads, nullptr};

  std::uint32_t location(Cell& cell) {
    if (cell.schedule != schedules) {
      cell.schedule = schedules;
      cell.location = engine.memory.add(&cell, sizeof cell.value, cell.value);
    }
    return cell.location;
  }
  Operation operation(const char* name, std::memory_order order, const void* code) {
    return {name, order, code, engine.next_event()};
  }
  void access(Granule& data, Access::Kind kind, const void* code) {
    const std::uint32_t event = engine.next_event();
    engine.recorder.access(engine.threads, code, event, kind, &data, sizeof data);
    if (const Access* other = engine.shadow.access(data, 0xff, kind, engine.threads.view(), code, event))
      engine.conflict(*other, kind, &data, sizeof data, code, event);
  }
};

World* World::current_ = nullptr;

World::World() : inside_(std::make_unique<Inside>()) {}
World::~World() = default;

std::string World::play(explorer::Choices& choices, std::uint64_t max_steps, explorer::Recording* recording,
                        const std::function<void()>& program) {
  ++schedules;
  World* const outer = std::exchange(current_, this);
  detail::Context* const context = detail::exchange_context(nullptr);
  std::string failure =
      inside_->engine.play(choices, max_steps, recording, &call, new std::function(program));
  detail::exchange_context(context);
  current_ = outer;
  return failure;
}

std::uint64_t World::load(Cell& cell, std::memory_order order) {
  const void* const code = __builtin_return_address(0);
  inside_->engine.threads.point(code);
  return static_cast<std::uint64_t>(
      inside_->engine.load(inside_->location(cell), inside_->operation("load", order, code)));
}

void World::store(Cell& cell, std::uint64_t value, std::memory_order order) {
  const void* const code = __builtin_return_address(0);
  inside_->engine.threads.point(code);
  inside_->engine.store(inside_->location(cell), value, inside_->operation("store", order, code));
  cell.value = value;
}

std::uint64_t World::update(const char* name, Cell& cell, std::memory_order success,
                            std::memory_order failure, const void* context,
                            bool (*change)(const void*, std::uint64_t&)) {
  const void* const code = __builtin_return_address(0);
  inside_->engine.threads.point(code);
  const auto changed = [&](Word& word) {
    auto value = static_cast<std::uint64_t>(word);
    if (!change(context, value)) return false;
    word = cell.value = value;
    return true;
  };
  return static_cast<std::uint64_t>(inside_->engine.update(
      inside_->location(cell), inside_->operation(name, success, code), failure, changed));
}

void World::relax() {
  Engine& engine = inside_->engine;
  // Every store becomes visible in the end. A thread that spins sees all of them at once, which saves schedules. If one of
  // them is new to it, it looks again before it waits for more.
  if (engine.memory.catch_up(engine.threads.view()))
    engine.threads.yield(__builtin_return_address(0));
  else
    engine.threads.spin(nullptr, 0, __builtin_return_address(0));
}

void World::futex_wait(const Cell& word, std::uint64_t expected, std::int64_t timeout) {
  const void* const code = __builtin_return_address(0);
  Threads& threads = inside_->engine.threads;
  threads.point(code);
  if (word.value != expected) return;
  inside_->engine.recorder.operation(threads, code, inside_->engine.next_event(), "sleeps");
  threads.wait({.what = Wait::For::futex,
                .on = &word,
                .word = reinterpret_cast<const std::uint32_t*>(&word.value),
                .value = static_cast<std::uint32_t>(expected),
                .deadline = timeout < 0 || timeout > Wait::kNever - threads.now() ? Wait::kNever
                                                                                  : threads.now() + timeout,
                .may_be_early = false},
               code);
}

void World::futex_wake_one(const Cell& word) {
  inside_->engine.threads.point(__builtin_return_address(0));
  if (!inside_->engine.threads.wake_one(&word)) inside_->engine.threads.missed(&word);
}

std::int64_t World::now() const noexcept {
  return inside_->engine.threads.now();
}

void World::read_plain(Granule& data) {
  inside_->access(data, Access::Kind::read, __builtin_return_address(0));
}
void World::write_plain(Granule& data) {
  inside_->access(data, Access::Kind::write, __builtin_return_address(0));
}

std::size_t World::start_thread(std::function<void()> function) {
  return inside_->engine.threads.start(&call, new std::function(std::move(function)));
}

void World::join_thread(std::size_t thread) {
  inside_->engine.threads.join(thread, __builtin_return_address(0));
}

void World::fail(const std::string& what) {
  inside_->engine.threads.fail(lane_name(inside_->engine.threads.running()) + ": " + what);
}

}  // namespace corokit::model
