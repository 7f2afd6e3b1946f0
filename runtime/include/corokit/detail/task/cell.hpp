#pragma once
#include <corokit/detail/task/escape.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/task_header.hpp>
#include <corokit/detail/value_rules.hpp>
#include <corokit/result.hpp>

#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace corokit::detail {

/// The type that a coroutine that returns `T` stores: `Unit` in place of void.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, Unit, T>;

/// Room for the value that a coroutine returned or, in the same place, the exception that escaped it.
template <class T>
struct Room : TaskHeader {
  static_assert(is_moved_type<T>());
  union {
    T value;
    std::exception_ptr escaped;
  };
  Room() noexcept {}
  ~Room() {}
  std::exception_ptr& error() noexcept { return escaped; }
};
/// Without a value, the header has room enough: a coroutine that let an exception escape has no leaf any more, and the
/// exception takes the place of the leaf.
template <>
struct Room<void> : TaskHeader {
  std::exception_ptr& error() noexcept { return root.escaped; }
};

/// The header of a task and the room for its result, in front of the coroutine's frame. The frame is destroyed when the
/// task ends; the result stays until it is taken. A child coroutine uses only the room for the result.
template <class T>
struct Cell : Room<T> {
  static_assert(sizeof(Stored<T>) < (std::size_t{500} << 10U),
                "corokit: results of 500 KiB and more are not supported");

  /// Returns: the number of bytes from the cell to the frame behind it.
  static constexpr std::size_t offset() noexcept { return (sizeof(Cell) + 15) / 16 * 16; }

  /// Stores what `make()` returns. Throws: what `make()` throws.
  template <class Make>
  void set_value(Make make) {
    if constexpr (std::is_void_v<T>)
      make();
    else
      ::new (static_cast<void*>(std::addressof(this->value))) T(make());
    this->outcome = Outcome::value;
  }

  /// May follow a set_value(), if a destructor of the coroutine threw afterwards.
  void set_error(std::exception_ptr reason) noexcept {
    drop_result();
    ::new (static_cast<void*>(std::addressof(this->error()))) std::exception_ptr(std::move(reason));
    this->outcome = Outcome::exception;
  }

  /// Destroys the result, if there is one.
  void drop_result() noexcept {
    if constexpr (!std::is_void_v<T>)
      if (this->outcome == Outcome::value) std::destroy_at(std::addressof(this->value));
    if (this->outcome == Outcome::exception) {
      std::destroy_at(std::addressof(this->error()));
      this->forget_escape();
    }
    this->outcome = Outcome::none;
  }

  /// Takes the result out. Throws: the exception that escaped the coroutine, if one did.
  T take() {
    struct Drop {
      Cell& cell;
      ~Drop() { cell.drop_result(); }
    } drop{*this};
    if (this->outcome == Outcome::exception) std::rethrow_exception(this->error());
    if constexpr (!std::is_void_v<T>) return std::move(this->value);
  }

  static void drop(TaskHeader& task) noexcept {
    auto& cell = static_cast<Cell&>(task);
    if (cell.outcome == Outcome::exception) report_unhandled(cell, cell.error());
    cell.drop_result();
  }
  /// What detach() leaves in the join slot of the task.
  static inline constexpr ResultDropper kDropper{&drop};
};

}  // namespace corokit::detail
