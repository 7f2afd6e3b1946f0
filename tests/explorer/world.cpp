#include "world.hpp"

#include <corokit/detail/task/turn.hpp>

#include <cxxabi.h>
#include <sys/mman.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace corokit::model {
namespace {

constexpr std::size_t kStack = 256U << 10U;
constexpr std::size_t kThreads = 8;
constexpr std::size_t kDrawn =
    120;  // the number of operations of a failed schedule that are shown, the last ones

bool acquires(std::memory_order order) noexcept {
  return order != std::memory_order_relaxed && order != std::memory_order_release;
}
bool releases(std::memory_order order) noexcept {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}
const char* name(std::memory_order order) noexcept {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_release:
      return "release";
    case std::memory_order_acq_rel:
      return "acq_rel";
    case std::memory_order_seq_cst:
      return "seq_cst";
    default:
      return "acquire";
  }
}

/// The stacks of finished fibers, which later fibers use again.
std::vector<void*>& spare_stacks() {
  static std::vector<void*> stacks;
  return stacks;
}

/// What the C++ runtime keeps for each thread (Itanium C++ ABI: Exception Handling, 2.2.2).
struct Exceptions {
  void* caught;
  unsigned uncaught;
};
Exceptions& exceptions() noexcept {
  return *reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
}

void* take_stack() {
  auto& spare = spare_stacks();
  if (spare.empty())
    return mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  void* stack = spare.back();
  spare.pop_back();
  return stack;
}

}  // namespace

struct World::Fiber {
  std::function<void()> function;
  ucontext_t context{};
  void* stack = take_stack();
  detail::Context* of_thread = nullptr;  // the runtime's own thread-local
  Exceptions exceptions{};               // the C++ runtime's own: those that are handled, or on their way
  View view;
  bool finished = false;
  bool blocked = false;
  bool may_time_out = false;
  bool relaxing = false;               // it spins, and continues when another thread has changed something
  std::vector<std::size_t> joined_by;  // the threads that wait for its end

  Fiber() = default;
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  ~Fiber() {
    if (finished) spare_stacks().push_back(stack);  // otherwise objects are still on it
  }
};

World* World::current_ = nullptr;
std::uint64_t World::worlds_ = 0;

World::World(const Bounds& bounds, Choices& choices, bool traced)
    : bounds_(bounds),
      choices_(choices),
      traced_(traced),
      number_(++worlds_),
      preemptions_left_(bounds.preemptions),
      stale_left_(bounds.stale_loads) {}

World::~World() = default;

std::string World::play(const std::function<void()>& program) {
  current_ = this;
  start_thread(program);
  detail::Context* outer = detail::exchange_context(nullptr);
  const Exceptions outer_exceptions = std::exchange(exceptions(), {});
  swapcontext(&outside_, &fibers_[0]->context);
  exceptions() = outer_exceptions;
  detail::exchange_context(outer);
  current_ = nullptr;
  return failure_.empty() || !traced_ ? failure_ : failure_ + "\n" + drawn();
}

void World::run_fiber() {
  World& world = *current_;
  world.fibers_[world.running_]->function();
  world.finish_thread();
}

std::size_t World::start_thread(std::function<void()> function) {
  if (fibers_.size() == kThreads) fail("a program may have at most " + std::to_string(kThreads) + " threads");
  const std::size_t number = fibers_.size();
  auto& fiber = *fibers_.emplace_back(std::make_unique<Fiber>());
  fiber.function = std::move(function);
  getcontext(&fiber.context);
  fiber.context.uc_stack = {.ss_sp = fiber.stack, .ss_flags = 0, .ss_size = kStack};
  makecontext(&fiber.context, &run_fiber, 0);
  if (number != 0) {
    fiber.view = view();
    point();
  }
  return number;
}

void World::join_thread(std::size_t thread) {
  Fiber& other = *fibers_[thread];
  point();
  if (!other.finished) {
    other.joined_by.push_back(running_);
    fibers_[running_]->blocked = true;
    block();
  }
  view().join(other.view);
}

void World::finish_thread() {
  Fiber& self = *fibers_[running_];
  self.function = nullptr;  // while the fiber still runs, because destructors may contain operations
  self.finished = true;
  for (const std::size_t thread : self.joined_by) fibers_[thread]->blocked = false;
  if (running_ == 0) {
    if (!std::ranges::all_of(fibers_, [](const auto& fiber) { return fiber->finished; }))
      failure_ = "the program ended before its threads";
    setcontext(&outside_);
  }
  block();
}

void World::fail(const std::string& what) {
  failure_ = "thread " + std::to_string(running_) + ": " + what;
  setcontext(&outside_);
  std::abort();  // not reached
}

std::vector<std::size_t> World::able_threads(bool with_relaxing) const {
  std::vector<std::size_t> able;
  for (std::size_t i = 0; i < fibers_.size(); ++i) {
    const Fiber& fiber = *fibers_[i];
    if (!fiber.finished && !fiber.blocked && (with_relaxing || !fiber.relaxing)) able.push_back(i);
  }
  return able;
}

void World::switch_to(std::size_t thread) {
  if (thread == running_) return;
  Fiber& from = *fibers_[running_];
  Fiber& to = *fibers_[thread];
  running_ = thread;
  from.of_thread = detail::exchange_context(to.of_thread);
  from.exceptions = std::exchange(exceptions(), to.exceptions);
  swapcontext(&from.context, &to.context);
}

/// Lets one of `able` continue. The running thread is the first choice if it is among them.
void World::go_on(std::vector<std::size_t> able, bool preempts) {
  const auto self = std::ranges::find(able, running_);
  if (self != able.end()) {
    std::rotate(able.begin(), self, self + 1);
    if (preempts && preemptions_left_ == 0) able.resize(1);
  }
  const std::size_t chosen = able[choices_.next(able.size())];
  if (preempts && self != able.end() && chosen != running_) --preemptions_left_;
  switch_to(chosen);
}

void World::point() {
  if (++operations_ > bounds_.operations)
    fail("a livelock: " + std::to_string(bounds_.operations) + " operations");
  go_on(able_threads(false), true);
}

void World::block() {
  auto able = able_threads(false);
  if (able.empty()) {
    able = able_threads(true);
    // All of them spin, and see the newest values. They take turns, in one order: none changes what others see.
    const auto next = std::ranges::upper_bound(able, running_);
    if (!able.empty()) able = {next != able.end() ? *next : able.front()};
  }
  if (able.empty()) {
    for (std::size_t i = 0; i < fibers_.size(); ++i)
      if (fibers_[i]->blocked && fibers_[i]->may_time_out) able.push_back(i);
  }
  if (able.empty()) {
    std::string waiting;
    for (std::size_t i = 0; i < fibers_.size(); ++i)
      if (!fibers_[i]->finished) waiting += " " + std::to_string(i);
    fail("a deadlock: no thread can continue, and these wait:" + waiting);
  }
  go_on(std::move(able), false);
  // A thread that is still marked as blocked here was woken by its timeout.
  Fiber& self = *fibers_[running_];
  self.may_time_out = false;
  if (!self.blocked) return;
  self.blocked = false;
  for (Memory& memory : memory_) std::erase(memory.waiters, running_);
}

View& World::view() noexcept {
  return fibers_[running_]->view;
}

World::Memory& World::memory_of(Location& location) {
  if (location.world != number_) {
    location.world = number_;
    location.id = memory_.size();
    memory_.emplace_back().stores.push_back({location.value, {}});
  }
  return memory_[location.id];
}

World::Memory& World::plain_memory_of(Location& location) {
  Memory& memory = memory_of(location);
  memory.is_plain = true;
  return memory;
}

void World::append(Location& location, std::uint64_t value, View seen) {
  Memory& memory = memory_of(location);
  // A thread that spins need not look again before something has changed; a lock that is taken again has not.
  if (!memory.is_plain && value != memory.stores.back().value) {
    for (std::size_t i = 0; i < fibers_.size(); ++i)
      if (i != running_) fibers_[i]->relaxing = false;
  }
  const std::size_t number = memory.stores.size();
  view().raise(location.id, number);
  seen.raise(location.id, number);
  memory.stores.push_back({value, std::move(seen)});
  location.value = value;
}

std::uint64_t World::load(Location& location, std::memory_order order) {
  point();
  const auto& stores = memory_of(location).stores;
  const std::size_t newest = stores.size() - 1;
  std::size_t oldest = view()[location.id];
  if (order == std::memory_order_seq_cst) oldest = std::max(oldest, sequential_[location.id]);
  std::size_t older = 0;
  if (stale_left_ != 0) older = choices_.next(newest - oldest + 1);
  if (older != 0) --stale_left_;
  const Store& seen = stores[newest - older];
  view().raise(location.id, newest - older);
  if (acquires(order)) view().join(seen.view);
  trace("load", location, seen.value, order, older != 0);
  return seen.value;
}

void World::store(Location& location, std::uint64_t value, std::memory_order order) {
  point();
  memory_of(location);
  append(location, value, releases(order) ? view() : View());
  if (order == std::memory_order_seq_cst) sequential_.raise(location.id, view()[location.id]);
  trace("store", location, value, order);
}

std::uint64_t World::update(Location& location, std::memory_order success, std::memory_order failure,
                            const std::function<bool(std::uint64_t&)>& change) {
  point();
  const Store& newest = memory_of(location).stores.back();
  const std::uint64_t old = newest.value;
  std::uint64_t value = old;
  const bool wrote = change(value);
  const std::memory_order order = wrote ? success : failure;
  view().raise(location.id, memory_of(location).stores.size() - 1);
  if (acquires(order)) view().join(newest.view);
  if (wrote) {
    View seen = newest.view;  // a read-modify-write continues the release sequence
    if (releases(order)) seen.join(view());
    append(location, value, std::move(seen));
    if (order == std::memory_order_seq_cst) sequential_.raise(location.id, view()[location.id]);
  }
  trace(wrote ? "update" : "compare", location, value, order);
  return old;
}

void World::relax() {
  if (++operations_ > bounds_.operations)
    fail("a livelock: " + std::to_string(bounds_.operations) + " operations");
  // Every store becomes visible in the end. A thread that spins sees all of them at once, which saves schedules. Plain
  // data is not among them: nothing orders it. If one of them is new to it, it looks again before it waits for more.
  bool sees_more = false;
  for (std::size_t i = 0; i < memory_.size(); ++i) {
    if (memory_[i].is_plain) continue;
    const std::size_t newest = memory_[i].stores.size() - 1;
    sees_more = sees_more || view()[i] < newest;
    view().raise(i, newest);
  }
  fibers_[running_]->relaxing = !sees_more;
  block();
  fibers_[running_]->relaxing = false;
}

void World::futex_wait(Location& word, std::uint64_t expected, bool may_time_out) {
  point();
  Memory& memory = memory_of(word);
  if (memory.stores.back().value != expected) return;
  trace("sleep", word, expected, std::memory_order_relaxed);
  Fiber& self = *fibers_[running_];
  memory.waiters.push_back(running_);
  self.blocked = true;
  self.may_time_out = may_time_out;
  block();
}

void World::futex_wake_one(Location& word) {
  point();
  Memory& memory = memory_of(word);
  if (memory.waiters.empty()) return;
  fibers_[memory.waiters.front()]->blocked = false;
  memory.waiters.erase(memory.waiters.begin());
}

void World::read_plain(Location& written, Location (&read)[8]) {
  const std::size_t newest = plain_memory_of(written).stores.size() - 1;
  if (view()[written.id] != newest) fail("a data race: nothing orders this read after the last write");
  Location& mine = read[running_];
  plain_memory_of(mine);
  append(mine, 0, {});
}

void World::write_plain(Location& written, Location (&read)[8]) {
  const std::size_t newest = plain_memory_of(written).stores.size() - 1;
  bool ordered = view()[written.id] == newest;
  for (Location& other : read) {
    const std::size_t last = plain_memory_of(other).stores.size() - 1;
    ordered = ordered && view()[other.id] == last;
  }
  if (!ordered) fail("a data race: nothing orders this write after the last write and the last reads");
  append(written, 0, {});
}

void World::trace(const char* operation, const Location& location, std::uint64_t value,
                  std::memory_order order, bool stale) {
  if (!traced_) return;
  char line[128];
  std::snprintf(line, sizeof line, "%*sthread %zu: %s m%zu = %#llx, %s%s", static_cast<int>(running_ * 4), "",
                running_, operation, location.id, static_cast<unsigned long long>(value), name(order),
                stale ? ", which is not the newest value" : "");
  trace_.emplace_back(line);
}

std::string World::drawn() const {
  std::string text;
  for (std::size_t i = trace_.size() - std::min(trace_.size(), kDrawn); i < trace_.size(); ++i)
    text += "  " + trace_[i] + "\n";
  return text;
}

namespace {

constexpr const char* kReplay = "COROKIT_EXPLORE_REPLAY";

/// Plays one schedule, with its trace.
struct Replayed {
  Replayed(const Bounds& bounds, const Deviations& schedule, const std::function<void()>& program)
      : choices(Choices::replay(schedule)), failure(World(bounds, choices, true).play(program)) {}
  Choices choices;
  std::string failure;
};

/// Reports the schedule that has just failed, without the deviations that it does not need.
void report_failure(Report& report, const Bounds& bounds, const Deviations& failed,
                    const std::function<void()>& program) {
  const auto fails = [&](const Deviations& schedule) {
    Choices choices = Choices::replay(schedule);
    return !World(bounds, choices, false).play(program).empty();
  };
  const Replayed shortest(bounds, shrink(failed, fails), program);
  report.token = token(shortest.choices.deviations());
  report.failure = shortest.failure + "to see it again: " + kReplay + "=" + report.token + "\n";
  if (const Replayed again(bounds, shortest.choices.deviations(), program); again.failure != shortest.failure)
    report.failure = "the program is not deterministic: the same schedule ended otherwise\n" + report.failure;
}

Report replay(const Bounds& bounds, const char* text, const std::function<void()>& program) {
  const auto schedule = parse_token(text);
  Report report;
  if (!schedule) {
    report.failure = std::string(kReplay) + " names no schedule: " + text;
    return report;
  }
  report.failure = Replayed(bounds, *schedule, program).failure;
  report.schedules = 1;
  report.token = text;
  return report;
}

Report play_all(const Bounds& bounds, Choices choices, const std::function<void()>& program) {
  if (const char* text = std::getenv(kReplay)) return replay(bounds, text, program);
  Report report;
  while (report.schedules < bounds.schedules) {
    ++report.schedules;
    if (!World(bounds, choices, false).play(program).empty()) {
      report_failure(report, bounds, choices.deviations(), program);
      return report;
    }
    if (!choices.advance()) {
      report.exhaustive = true;
      break;
    }
  }
  return report;
}

}  // namespace

Report explore(const Bounds& bounds, const std::function<void()>& program) {
  return play_all(bounds, Choices::depth_first(), program);
}

Report sample(const Bounds& bounds, std::uint64_t seed, const std::function<void()>& program) {
  return play_all(bounds, Choices::at_random(seed), program);
}

void require(bool condition, const char* what) {
  if (condition) return;
  if (World* world = World::current()) world->fail(std::string("this does not hold: ") + what);
  std::fprintf(stderr, "require() outside of a schedule: this does not hold: %s\n", what);
  std::abort();
}

}  // namespace corokit::model
