#include <01_task/task.hpp>

#include <explorer/program.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace mini;
using explored::require;

namespace {

/// Counts the objects of a frame that are alive.
struct Alive {
  explicit Alive(int& the_count) : count(the_count) { ++count; }
  Alive(const Alive& other) : count(other.count) { ++count; }
  Alive& operator=(const Alive&) = delete;
  ~Alive() { --count; }
  int& count;
};

/// Suspends the coroutine that awaits it, and keeps its handle in `here`.
struct Pause {
  explicit Pause(std::coroutine_handle<>& the_here) : here(the_here) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const noexcept { here = handle; }
  void await_resume() const noexcept {}
  std::coroutine_handle<>& here;
};

template <class T>
T run(Task<T> task) {
  require(!task.done(), "a task that has not begun is not done");
  task.handle().resume();
  require(task.done(), "a task that waits for nothing is done when its handle has been resumed once");
  return task.result();
}

Task<> in_two_steps(int& steps, std::coroutine_handle<>& here) {
  ++steps;
  co_await Pause(here);
  ++steps;
}

}  // namespace

COROKIT_EXPLORED(begins_when_it_is_resumed) {
  int steps = 0;
  std::coroutine_handle<> here;
  const Task<> task = in_two_steps(steps, here);
  require(steps == 0, "a call of a coroutine runs nothing of its body");
  require(!task.done(), "a task that has not begun is not done");
  task.handle().resume();
  require(steps == 1, "resume() runs the body to its first suspension");
  require(!task.done(), "a task that is suspended is not done");
  task.handle().resume();
  require(steps == 2, "resume() goes on after the suspension");
  require(task.done(), "a task is done when its body has ended");
}

namespace {

Task<> keeps_alive(Alive, int& count, std::coroutine_handle<>& here) {
  const Alive local(count);
  co_await Pause(here);
  const Alive another(count);
  co_await Pause(here);
}

/// Returns: a task that has been resumed `times` times; 3 times end it.
Task<> resumed(int times, int& count, std::coroutine_handle<>& here) {
  Task<> task = keeps_alive(Alive(count), count, here);
  for (int i = 0; i < times; ++i) task.handle().resume();
  return task;
}

}  // namespace

COROKIT_EXPLORED(its_owner_frees_the_frame) {
  for (int times = 0; times <= 3; ++times) {
    int count = 0;
    std::coroutine_handle<> here;
    {
      const Task<> task = resumed(times, count, here);
      require(count == (times == 3 ? 1 : times + 1),
              "the frame lives as long as its task, with its parameters");
    }
    require(count == 0, "the frame is destroyed with its task: not begun, suspended or done");
  }
}

COROKIT_EXPLORED(edge_moved) {
  for (int times = 0; times <= 3; ++times) {
    int count = 0;
    std::coroutine_handle<> here;
    {
      Task<> first = resumed(times, count, here);
      const int alive = count;
      Task<> second = std::move(first);
      require(count == alive, "a task that moves keeps its frame where it is");
      { const Task<> from_the_second = std::move(second); }
      require(count == 0, "the frame belongs to the task that was moved to");
    }
  }
}

COROKIT_EXPLORED(edge_assigned) {
  for (int times = 0; times <= 3; ++times) {
    int old_count = 0;
    int count = 0;
    std::coroutine_handle<> here;
    {
      Task<> task = resumed(times, old_count, here);
      task = resumed(1, count, here);
      require(old_count == 0, "the frame that the task owned before is destroyed");
      require(count == 2, "the task owns what was assigned");
      task.handle().resume();
      require(count == 3, "the task that was assigned goes on");
    }
    require(count == 0, "the frame is destroyed with the task that it was assigned to");
  }
}

namespace {

struct NoDefault {
  explicit NoDefault(int the_number) : number(the_number) {}
  int number;
};

Task<int> forty_two() {
  co_return 42;
}
Task<std::unique_ptr<int>> owned(int number) {
  co_return std::make_unique<int>(number);
}
Task<NoDefault> no_default() {
  co_return NoDefault(7);
}

template <class T>
Task<T> fails(T value) {
  if (true) throw std::runtime_error("the line is dead");
  co_return value;
}
Task<> fails() {
  if (true) throw std::runtime_error("the line is dead");
  co_return;
}

/// Returns: what the exception of `task` says, or nothing if it has none.
template <class T>
std::string what_it_throws(Task<T> task) {
  require(!task.done(), "a task that has not begun is not done");
  task.handle().resume();
  require(task.done(), "a task whose body throws is done");
  try {
    (void)task.result();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

COROKIT_EXPLORED(gives_its_value) {
  require(run(forty_two()) == 42, "result() returns what the task returned");
  require(*run(owned(3)) == 3, "result() moves out a value that cannot be copied");
  require(run(no_default()).number == 7, "a value needs no default constructor");
}

COROKIT_EXPLORED(edge_exception) {
  require(what_it_throws(fails(1)) == "the line is dead", "result() throws what the body threw");
  require(what_it_throws(fails()) == "the line is dead", "result() of a Task<> throws what the body threw");
}

namespace {

Task<int> adds(int a, int b, std::coroutine_handle<>& here) {
  co_await Pause(here);
  co_return a + b;
}

Task<int> sums(int& count, std::coroutine_handle<>& here) {
  int sum = co_await adds(1, 2, here);
  require(count == 0, "awaiting a task runs it, and nothing else");
  ++count;
  Task<int> named = adds(10, 20, here);
  sum += co_await std::move(named);
  ++count;
  co_return sum;
}

Task<int> outermost(int& count, std::coroutine_handle<>& here) {
  co_return co_await sums(count, here);
}

Task<std::string> catches() {
  try {
    co_await fails();
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
  co_return "";
}

Task<int> lets_through_value() {
  co_return co_await forty_two();
}
Task<int> lets_through() {
  co_return co_await fails(1) + 1;
}

Task<int> runs_another() {
  const int inside = run(lets_through_value());
  co_return inside + co_await lets_through_value();
}

Task<> holds(int depth, int& count, std::coroutine_handle<>& here) {
  const Alive local(count);
  if (depth > 0) co_await holds(depth - 1, count, here);
  co_await Pause(here);
}

}  // namespace

COROKIT_EXPLORED(awaits_another) {
  int count = 0;
  std::coroutine_handle<> here;
  Task<int> task = outermost(count, here);
  task.handle().resume();
  require(here && here != task.handle(), "awaiting a task runs it to where it waits");
  require(count == 0, "whoever awaits a task does not go on before it ends");
  here.resume();
  require(count == 1, "whoever awaited a task goes on when it ends");
  require(!task.done(), "whoever awaited a task goes on to where it waits next");
  here.resume();
  require(count == 2 && task.done(), "the last task that ends ends those that await it");
  require(task.result() == 33, "co_await gives what the task returned");
}

COROKIT_EXPLORED(edge_exception_through_co_await) {
  require(run(catches()) == "the line is dead", "co_await throws what the task threw");
  require(what_it_throws(lets_through()) == "the line is dead", "an exception goes on to whoever awaits");
}

COROKIT_EXPLORED(edge_run_inside_of_another) {
  require(run(runs_another()) == 84, "a coroutine may resume a task by hand, and await another one");
}

COROKIT_EXPLORED(edge_dropped_while_awaiting) {
  for (int times = 1; times <= 3; ++times) {  // each suspends one level further out
    int count = 0;
    std::coroutine_handle<> here;
    {
      const Task<> task = holds(2, count, here);
      task.handle().resume();
      for (int i = 1; i < times; ++i) {
        here.resume();
        require(count == 3 - i, "a task that has ended is destroyed when its co_await is over");
      }
    }
    require(count == 0, "a task that is destroyed destroys the task that it awaits");
  }
}

namespace {

/// The stack that is in use where look() is called.
class Stack {
 public:
  [[gnu::noinline]] void look() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest_ = std::min(lowest_, here);
    highest_ = std::max(highest_, here);
  }
  std::size_t grew_by() const { return highest_ - lowest_; }

 private:
  std::uintptr_t lowest_ = std::numeric_limits<std::uintptr_t>::max();
  std::uintptr_t highest_ = 0;
};

constexpr std::size_t kLittle = 1024;  // bytes of stack that a thousand tasks may take

Task<int> one(Stack& stack) {
  stack.look();
  co_return 1;
}

Task<int> awaits_one(int times, Stack& stack) {
  int sum = 0;
  for (int i = 0; i < times; ++i) sum += co_await one(stack);
  co_return sum;
}

Task<int> depth_of(int depth, Stack& stack) {
  stack.look();
  if (depth == 0) co_return 0;
  const int below = co_await depth_of(depth - 1, stack);
  stack.look();
  co_return 1 + below;
}

}  // namespace

COROKIT_EXPLORED(takes_no_stack) {
  Stack stack;
  require(run(awaits_one(1'000, stack)) == 1'000, "each await gives its value");
  require(stack.grew_by() < kLittle, "a thousand tasks that one task awaits take no more stack than one");
}

COROKIT_EXPLORED(edge_deep) {
  Stack stack;
  require(run(depth_of(1'000, stack)) == 1'000, "tasks may await each other to any depth");
  require(stack.grew_by() < kLittle,
          "a thousand tasks, each of which awaits the next, take no more stack than one");
}
