#pragma once
#include <corokit/detail/frame_pool.hpp>
#include <corokit/detail/task_header.hpp>
#include <corokit/result.hpp>

#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace corokit::detail {

/// What a coroutine that returns `T` stores: `Unit` stands for void.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, Unit, T>;

/// The header of a task and the room for its result, in front of the coroutine's frame. The frame ends with
/// the task; the result stays until it is taken. A child coroutine uses the room for its result alone.
template <class T>
struct Cell : TaskHeader {
  static_assert(!std::is_reference_v<T>,
                "corokit: a Task returns a value; return a pointer instead of a reference");
  static_assert(sizeof(Stored<T>) < (std::size_t{500} << 10U),
                "corokit: results of 500 KiB and more are not supported");
  static_assert(alignof(Stored<T>) <= 16, "corokit: results aligned to more than 16 bytes are not supported");

  union {
    Stored<T> value;
    std::exception_ptr error;
  };

  Cell() noexcept {}
  ~Cell() {}

  /// Bytes from the cell to the frame behind it.
  static constexpr std::size_t offset() noexcept { return (sizeof(Cell) + 15) / 16 * 16; }

  template <class... Args>
  void set_value(Args&&... args) {
    ::new (static_cast<void*>(std::addressof(value))) Stored<T>(std::forward<Args>(args)...);
    outcome = Outcome::value;
  }

  /// May come after set_value(): a destructor of the coroutine threw.
  void set_error(std::exception_ptr reason) noexcept {
    drop_result();
    ::new (static_cast<void*>(std::addressof(error))) std::exception_ptr(std::move(reason));
    outcome = Outcome::exception;
  }

  /// Destroys the result, if there is one.
  void drop_result() noexcept {
    if (outcome == Outcome::value) value.~Stored<T>();
    if (outcome == Outcome::exception) std::destroy_at(std::addressof(error));
    outcome = Outcome::none;
  }

  /// Takes the result out; throws it if it is an exception.
  T take() {
    struct Drop {
      Cell& cell;
      ~Drop() { cell.drop_result(); }
    } drop{*this};
    if (outcome == Outcome::exception) std::rethrow_exception(error);
    if constexpr (!std::is_void_v<T>) return std::move(value);
  }

  static void drop(TaskHeader& task) noexcept { static_cast<Cell&>(task).drop_result(); }
  /// For the join slot of a detached task.
  static inline constexpr ResultDropper kDropper{&drop};
};

}  // namespace corokit::detail
