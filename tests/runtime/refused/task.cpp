// Programs that must not compile: each case is one, and says what the first error must be.
#include <corokit/spawn_blocking.hpp>
#include <corokit/task.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

using namespace corokit;

#ifdef vector_from_a_number  // co_return needs a value that a function with this result type could return
Task<std::vector<int>> task() {
  co_return 5;
}
#endif
#ifdef duration_from_a_number  // co_return needs a value that a function with this result type could return
Task<std::chrono::seconds> task() {
  co_return 42;
}
#endif
#ifdef owner_from_a_raw_pointer  // co_return needs a value that a function with this result type could return
Task<std::unique_ptr<int>> task() {
  co_return new int(1);
}
#endif
#ifdef bool_from_an_owner  // co_return needs a value that a function with this result type could return
Task<bool> task() {
  co_return std::make_unique<int>(1);
}
#endif
#ifdef result_of_vector_from_a_number  // co_return needs a value that a function with this result type could return
Task<Result<std::vector<int>, std::string>> task() {
  co_return 5;
}
#endif

#ifdef const_result  // this type must be a plain value
Task<const std::string> task() {
  co_return "text";
}
#endif
#ifdef volatile_result  // this type must be a plain value
Task<volatile int> task() {
  co_return 1;
}
#endif
#ifdef reference_result  // this type must be a plain value
int global;
Task<int&> task() {
  co_return global;
}
#endif
#ifdef reference_result_of_a_declared_task  // this type must be a plain value
Task<int&> declared();
Task<> task() {
  co_await declared();
}
#endif
#ifdef array_result  // this type must be a plain value
Task<int[3]> task();
auto started = task();
#endif
#ifdef immovable_result  // this type must have a move or a copy constructor
Task<std::mutex> task() {
  co_return {};
}
#endif
#ifdef overaligned_result  // types aligned to more than 16 bytes are not supported
struct alignas(64) Line {
  int value;
};
Task<Line> task() {
  co_return Line{1};
}
#endif
#ifdef result_with_a_destructor_that_throws  // the destructor of this type must not throw
struct Throws {
  ~Throws() noexcept(false) {}
};
Task<Throws> task() {
  co_return Throws();
}
#endif
#ifdef reference_result_of_a_function  // this type must be a plain value
int global;
auto handle = spawn_blocking([]() -> int& { return global; });
#endif
#ifdef immovable_result_of_a_function  // this type must have a move or a copy constructor
auto handle = spawn_blocking([] { return std::mutex(); });
#endif

#ifdef await_of_an_lvalue  // a Task is awaited once: co_await std::move.task.
Task<int> child();
Task<int> task(std::vector<Task<int>> tasks) {
  co_return co_await tasks[0];
}
#endif
#ifdef await_of_a_const_task  // a Task is awaited once: co_await std::move.task.
Task<> task(const Task<>& child) {
  co_await child;
}
#endif
#ifdef await_of_a_number  // this type cannot be awaited here
Task<> task() {
  co_await 5;
}
#endif
#ifdef await_of_a_foreign_awaiter  // this type cannot be awaited here
Task<> task() {
  co_await std::suspend_always();
}
#endif
