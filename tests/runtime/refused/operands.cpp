// Operands that select() and the like cannot take: see task.cpp.
#include <corokit/join.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/pin.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>

#include <sys/select.h>
#include <chrono>
#include <string>
#include <vector>

using namespace corokit;
using namespace std::chrono_literals;

Task<int> child();

// These are calls of other functions with the same names.
std::string join(const std::vector<std::string>& parts, const std::string& separator);
inline std::string joined() {
  return join(std::vector<std::string>(2), ", ");
}
inline int selected(fd_set* reads, timeval* limit) {
  return select(1, reads, nullptr, nullptr, limit);
}

#ifdef select_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(mpsc::Receiver<int>& rx, Task<int> other) {
  co_await select(other, rx.recv());
}
#endif
#ifdef biased_select_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(mpsc::Receiver<int>& rx, Task<int> other) {
  co_await select(biased, rx.recv(), other);
}
#endif
#ifdef select_of_a_wait_that_has_a_name  // a wait is awaited once: move it into this call
Task<> task(mpsc::Receiver<int>& rx) {
  auto wait = rx.recv();
  co_await select(child(), wait);
}
#endif
#ifdef select_of_a_number  // this type cannot be awaited here
Task<> task() {
  co_await select(child(), 5);
}
#endif
#ifdef select_of_a_const_handle  // this type cannot be awaited here
Task<> task(const JoinHandle<int>& handle) {
  co_await select(child(), handle);
}
#endif
#ifdef select_of_a_condition_that_has_a_name  // write the condition into the call
Task<> task() {
  auto condition = when(true, child());
  co_await select(condition);
}
#endif
#ifdef when_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(Task<int> other) {
  co_await select(when(true, other));
}
#endif
#ifdef otherwise_before_an_operand  // `otherwise` is the last operand of a select()
Task<> task() {
  co_await select(otherwise, child());
}
#endif
#ifdef join_of_a_condition  // this type cannot be awaited here
Task<> task() {
  co_await join(child(), when(true, child()));
}
#endif
#ifdef join_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(Task<int> other) {
  co_await join(child(), other);
}
#endif
#ifdef try_join_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(Task<int> other) {
  co_await try_join(child(), other);
}
#endif
#ifdef timeout_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(Task<int> other) {
  co_await timeout(1s, other);
}
#endif
#ifdef timeout_at_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(Task<int> other) {
  co_await timeout_at(Clock::now(), other);
}
#endif
#ifdef run_until_cancelled_of_an_lvalue  // a Task is awaited once: move it into this call
Task<> task(CancellationToken token, Task<int> other) {
  co_await token.run_until_cancelled(other);
}
#endif
#ifdef collection_of_numbers  // this type cannot be awaited here
FuturesUnordered<int> collection;
#endif
#ifdef pinned_number  // this type cannot be awaited here
auto pinned = pin(5);
#endif
