// Messages, guarded values and callables of types that corokit cannot keep: see task.cpp.
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/sync/watch.hpp>

#include <memory>
#include <mutex>

using namespace corokit;

struct alignas(64) Line {
  int value = 0;
};
struct Throws {
  ~Throws() noexcept(false) {}
};
struct MoveThrows {
  MoveThrows() = default;
  MoveThrows(MoveThrows&&) {}
};

#ifdef mpsc_of_aligned  // types aligned to more than 16 bytes are not supported
auto channel = mpsc::channel<Line>(1);
#endif
#ifdef mpsc_of_a_reference  // this type must be a plain value
auto channel = mpsc::channel<int&>(1);
#endif
#ifdef mpsc_of_const  // this type must be a plain value
auto channel = mpsc::unbounded_channel<const int>();
#endif
#ifdef mpsc_of_a_throwing_move  // the move constructor of an mpsc message must be noexcept
auto channel = mpsc::channel<MoveThrows>(1);
#endif
#ifdef mpsc_of_a_throwing_destructor  // the destructor of this type must not throw
auto channel = mpsc::channel<Throws>(1);
#endif
#ifdef oneshot_of_aligned  // types aligned to more than 16 bytes are not supported
auto channel = oneshot::channel<Line>();
#endif
#ifdef oneshot_of_a_reference  // this type must be a plain value
auto channel = oneshot::channel<int&>();
#endif
#ifdef oneshot_of_an_immovable_type  // this type must have a move or a copy constructor
auto channel = oneshot::channel<std::mutex>();
#endif
#ifdef broadcast_of_aligned  // types aligned to more than 16 bytes are not supported
auto channel = broadcast::channel<Line>(1);
#endif
#ifdef broadcast_of_const  // this type must be a plain value
auto channel = broadcast::channel<const int>(1);
#endif
#ifdef broadcast_of_a_type_that_cannot_be_copied  // every receiver gets a copy of a broadcast message
auto channel = broadcast::channel<std::unique_ptr<int>>(1);
#endif
#ifdef watch_of_aligned  // types aligned to more than 16 bytes are not supported
auto channel = watch::channel(Line());
#endif
#ifdef watch_of_a_reference  // this type must be a plain value
int global;
auto channel = watch::channel<int&>(global);
#endif
#ifdef mutex_of_aligned  // types aligned to more than 16 bytes are not supported
Mutex<Line> guarded;
#endif
#ifdef mutex_of_a_reference  // this type must be a plain value
int global;
Mutex<int&> guarded(global);
#endif
#ifdef mapped_guard_of_a_copy  // map.. needs a function that returns a reference to a part of the value
Mutex<std::unique_ptr<int>> guarded;
auto part = std::move(*guarded.try_lock()).map([](auto& value) { return value.get(); });
#endif
#ifdef mapped_guard_of_no_pointer  // try_map.. needs a function that returns a pointer to a part of the value
RwLock<std::unique_ptr<int>> guarded;
auto part = std::move(*guarded.try_write()).try_map([](auto& value) -> auto& { return *value; });
#endif
#ifdef rw_lock_of_aligned  // types aligned to more than 16 bytes are not supported
RwLock<Line> guarded;
#endif
#ifdef rw_lock_of_const  // this type must be a plain value
RwLock<const int> guarded;
#endif
#ifdef once_cell_of_aligned  // types aligned to more than 16 bytes are not supported
OnceCell<Line> cell;
#endif
#ifdef once_cell_of_a_reference  // this type must be a plain value
OnceCell<int&> cell;
#endif
#ifdef set_once_of_aligned  // types aligned to more than 16 bytes are not supported
SetOnce<Line> cell;
#endif
#ifdef set_once_of_a_throwing_destructor  // the destructor of this type must not throw
SetOnce<Throws> cell;
#endif

#ifdef blocking_function_with_an_aligned_capture  // types aligned to more than 16 bytes are not supported
auto handle = spawn_blocking([line = Line()] { return line.value; });
#endif
#ifdef initialiser_with_an_aligned_capture  // types aligned to more than 16 bytes are not supported
OnceCell<int> cell;
auto task = cell.get_or_init([line = Line()]() -> Task<int> { co_return line.value; });
#endif
#ifdef predicate_with_an_aligned_capture  // types aligned to more than 16 bytes are not supported
auto channel = watch::channel(1);
auto task = channel.rx.wait_for([line = Line()](int value) { return value == line.value; });
#endif
