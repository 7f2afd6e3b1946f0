#pragma once
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/cell.hpp>

#include <cassert>
#include <coroutine>
#include <utility>

namespace corokit {

template <class T = void>
class Task;

namespace detail {

template <class T>
class ChildAwaiter;
struct TaskAccess;
template <class T>
struct IsTask : std::false_type {};
template <class T>
struct IsTask<Task<T>> : std::true_type {};

/// Destroys a frame. It is not inline, so that no compiler elides a frame's allocation, which holds the result as well.
void destroy_frame(std::coroutine_handle<> frame) noexcept;
/// Destroys the chain of suspended coroutines of a branch, from its leaf to `root`, in constant stack space.
void destroy_chain(std::coroutine_handle<> leaf, std::coroutine_handle<> root) noexcept;

/// Tells the run loop what to resume after a coroutine that has ended.
struct FinalAwaiter {
  FinalAwaiter() noexcept {}
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> finished) const noexcept {
    finished.promise().finish();
  }
  void await_resume() const noexcept {}
};

/// An awaiter whose result must be kept: the guard of a lock, a permit.
template <class A>
concept GivesWhatIsHeld = requires {
  requires A::kIsHeld;
};

/// Awaits an awaiter where it stands. Wait lists link an awaiter, so it must not be moved or copied into the frame, but
/// g++ 12 copies what await_transform returns by reference. A temporary lives until the end of its co_await expression.
template <class A>
class AwaiterRef {
 public:
  explicit AwaiterRef(A& awaiter) noexcept : awaiter_(awaiter) {}
  bool await_ready() { return awaiter_.await_ready(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> leaf) {
    leaf.promise().note_wait(awaiter_);
    return awaiter_.await_suspend(leaf);
  }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }
  [[nodiscard("it is given back at once")]] decltype(auto) await_resume() requires GivesWhatIsHeld<A> {
    return awaiter_.await_resume();
  }

 private:
  A& awaiter_;
};

/// Awaits the awaiter that an object makes. The awaiter is bound where it stands: a move would forget the branch, and
/// clang 19 moves it where g++ elides the move.
template <class A>
class OwnedAwaiter {
 public:
  template <class Source>
  OwnedAwaiter(Source&& source, Branch& branch) : awaiter_(std::forward<Source>(source).operator co_await()) {
    awaiter_.bind(branch);
  }
  OwnedAwaiter(const OwnedAwaiter&) = delete;
  OwnedAwaiter& operator=(const OwnedAwaiter&) = delete;
  bool await_ready() { return awaiter_.await_ready(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> leaf) {
    leaf.promise().note_wait(awaiter_);
    return awaiter_.await_suspend(leaf);
  }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }

 private:
  A awaiter_;
};
template <class Source>
OwnedAwaiter(Source&&, Branch&) -> OwnedAwaiter<decltype(std::declval<Source>().operator co_await())>;

/// Hides from clang where an address came from. Inside a coroutine, clang takes the promise for a local variable, and
/// memory that is reached from its address for a part of it; it would drop the write of a result that has more bytes
/// than the promise.
inline char* hide_origin(char* address) noexcept {
#ifdef __clang__
  asm("" : "+r"(address));
#endif
  return address;
}

/// The link between a child and the coroutine that awaits it. It stands in the awaiter, and so in the parent's frame.
struct ChildLink {
  std::coroutine_handle<> child;
  std::coroutine_handle<> parent;
  Branch* branch;
};

/// As ForkPoint::end_in_place().
void end_in_place(ChildLink& link, Turn& turn) noexcept;

class PromiseBase {
 public:
  PromiseBase() noexcept {}  // leaves alone what is written before it is read
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }

  bool is_being_destroyed() const noexcept { return place_ == 0; }
  Branch& branch() const noexcept {
    return is_first() ? *reinterpret_cast<Branch*>(place_ - kFirst) : *link().branch;
  }

  /// Makes this coroutine the first one of a branch.
  void begin_branch(Branch& branch) noexcept { place_ = reinterpret_cast<std::uintptr_t>(&branch) | kFirst; }
  /// Makes this coroutine the next one of its parent's branch.
  void join_branch(ChildLink& link) noexcept { place_ = reinterpret_cast<std::uintptr_t>(&link); }
  /// Makes this coroutine a child that runs in place, of a ForkPoint.
  void join_fork(ChildLink& link) noexcept { place_ = reinterpret_cast<std::uintptr_t>(&link) | kForked; }
  /// Returns: the coroutine to resume when this one is over. Requires: this is not the first one of its branch.
  std::coroutine_handle<> parent() const noexcept { return link().parent; }
  /// Notes that the frame is being destroyed. Nothing asks for its branch from here on.
  void begin_destruction() noexcept { place_ = 0; }
  /// Takes the ownership away from the parent. Requires: this is not the first one of its branch.
  void disown() const noexcept { link().child = nullptr; }

  /// Notes at which wait the coroutine is about to be suspended.
  template <class A>
  void note_wait(const A& awaiter) noexcept {
    if constexpr (!OnlyGivesWay<A>) wait_.set(awaiter);
  }
  /// Requires: the coroutine is suspended at a wait.
  NotedWait wait() const noexcept { return wait_.read(); }

  void finish() const noexcept {
    Turn& turn = *branch().task()->turn;
    turn.branch_done = is_first();
    if (is_first()) return;
    if (place_ & kForked) return end_in_place(link(), turn);
    // A child costs one unit, so that a loop over children that never wait yields. It is paid at the end: between a
    // look at a token, say, and the first line of the child that follows, no other task runs.
    Branch& own = branch();
    if (turn.spend(own)) {
      turn.next = parent();
    } else if (own.is_root()) {
      own.leaf = later(parent());
      turn.defer(own);
    } else {
      // An operand of a select may be dropped before the task's next turn, and what the child has received would be
      // lost with its result. So it owes the unit.
      ++turn.debt;
      turn.next = parent();
    }
  }
  /// Returns: the mark of a coroutine that is resumed in the task's next turn.
  static std::coroutine_handle<> later(std::coroutine_handle<> coroutine) noexcept {
    return std::coroutine_handle<>::from_address(static_cast<char*>(coroutine.address()) +
                                                 Branch::kResumesLater);
  }

  template <class T>
  auto await_transform(Task<T>&& child) {
    return ChildAwaiter<T>(std::move(child), branch());
  }
  template <IsAwaiter A>
  auto await_transform(A&& awaiter) noexcept {
    awaiter.bind(branch());
    return AwaiterRef<std::remove_cvref_t<A>>(awaiter);
  }
  template <detail::MakesAwaiter A>
  auto await_transform(A&& source) {
    return OwnedAwaiter(std::forward<A>(source), branch());
  }
  // The others refuse what is awaited. They return an awaiter all the same, of a type that the compiler must deduce, so
  // that ours is the first error.
  template <class A>
  requires(!IsAwaiter<A> && !MakesAwaiter<A> &&
           !IsTask<std::remove_cvref_t<A>>::value) auto await_transform(A&&) {
    static_assert(
        IsAwaiter<A>,
        "corokit: this type cannot be awaited here. A Task awaits Tasks (std::move them), JoinHandles and "
        "corokit's own primitives; bridge anything else with a oneshot channel.");
    return std::suspend_never();
  }
  template <class T>
  auto await_transform(const Task<T>&) {
    static_assert(std::is_void_v<Task<T>>, "corokit: a Task is awaited once: co_await std::move(task)");
    return std::suspend_never();
  }

 private:
  static constexpr std::uintptr_t kFirst = 1;
  bool is_first() const noexcept { return (place_ & kFirst) != 0; }
  static constexpr std::uintptr_t kForked = 2;
  ChildLink& link() const noexcept { return *reinterpret_cast<ChildLink*>(place_ & ~kForked); }

  // A Branch* with the flag kFirst, or a ChildLink*, with the flag kForked if it is a ForkPoint; 0 before the coroutine begins, and while it is being destroyed.
  std::uintptr_t place_ = 0;
  WaitNote wait_;  // written before the task first rests with this coroutine as a leaf
};

/// Returns: the promise of any coroutine of corokit, since each promise begins with its PromiseBase.
inline PromiseBase& promise_of(std::coroutine_handle<> frame) noexcept {
  return std::coroutine_handle<PromiseBase>::from_address(frame.address()).promise();
}

template <class T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  void unhandled_exception() noexcept {
    if (is_being_destroyed()) std::terminate();  // a destructor threw, and nobody is left who could be told
    cell().set_error(std::current_exception());
  }

  Cell<T>& cell() noexcept {
    auto* frame = static_cast<char*>(std::coroutine_handle<Promise>::from_promise(*this).address());
    frame = hide_origin(frame);  // the cell lies before the frame
    return *reinterpret_cast<Cell<T>*>(frame - Cell<T>::offset());
  }

  static void* operator new(std::size_t frame_bytes) {
    const std::size_t bytes = Cell<T>::offset() + frame_bytes;
    auto* cell = ::new (frame_allocate(bytes)) Cell<T>;
    cell->set_block(bytes);
    cell->frame_units = Cell<T>::offset() / 16;
    return reinterpret_cast<char*>(cell) + Cell<T>::offset();
  }
  /// The memory of a spawned task stays until its last reference is gone, that of a forked child until its result is
  /// taken.
  static void operator delete(void* frame, std::size_t) noexcept {
    auto* cell = reinterpret_cast<Cell<T>*>(static_cast<char*>(frame) - Cell<T>::offset());
    if (!cell->spawned && !cell->forked) frame_free(cell, cell->block_class);
  }
};

template <class T>
class ValuePromise : public Promise<T> {
  static_assert(is_moved_type<T>());

 public:
  /// Converts the value as the `return` of a function does, so that no explicit constructor is called.
  template <class U = T>
  void return_value(U&& value) {
    constexpr bool kConverts = std::is_convertible_v<U, T>;
    static_assert(kConverts,
                  "corokit: co_return needs a value that a function with this result type could return; "
                  "name the type where the conversion is explicit");
    if constexpr (kConverts) this->cell().set_value([&value]() -> T { return std::forward<U>(value); });
  }
};

class VoidPromise : public Promise<void> {
 public:
  void return_void() noexcept {
    cell().set_value([] {});
  }
};

}  // namespace detail

/// A coroutine that has not been started: `co_await` it once, from another Task, or spawn() it.
///
/// It is lazy, and owns its frame. It may be dropped at any suspension point, and is then destroyed together with
/// everything that it awaits: destructors run from the innermost frame outwards. A destructor that throws meanwhile ends
/// the process (std::terminate).
///
/// `T`: void, or a type with a move or a copy constructor and a destructor that does not throw. It is no reference, not
///   const, and aligned to at most 16 bytes. What co_return is given must convert to it as in the `return` of a
///   function.
/// Returns: the value that the coroutine returned.
/// Throws: the exception that escaped the coroutine; what moving the value out of it throws, which loses the value.
/// Thread-safety: one thread at a time; a task that was not started may be moved to another thread.
/// Cancel-safety: as that of the operation that it awaits when it is dropped.
/// Complexity: one allocation, recycled; a child that ends without suspending costs no atomic operation.
template <class T>
class [[nodiscard("a Task does nothing until it is awaited or spawned")]] Task {
 public:
  static_assert(detail::is_plain_type<detail::Stored<T>>());
  using promise_type = std::conditional_t<std::is_void_v<T>, detail::VoidPromise, detail::ValuePromise<T>>;
  using value_type = T;

  Task(Task && other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Task() {
    reset();
  }

  /// Returns: false if the task was moved from, awaited or spawned.
  explicit operator bool() const noexcept {
    return frame_ != nullptr;
  }

 private:
  friend class detail::Promise<T>;
  template <class>
  friend class detail::ChildAwaiter;
  friend struct detail::TaskAccess;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle frame) noexcept : frame_(frame) {}

  void reset() noexcept {
    if (!frame_) return;
    frame_.promise().cell().drop_result();
    detail::destroy_frame(std::exchange(frame_, nullptr));
  }

  Handle frame_;
};

namespace detail {

/// Gives the runtime access to the frame of a Task.
struct TaskAccess {
  template <class T>
  static auto frame(Task<T>& task) noexcept {
    return task.frame_;
  }
  template <class T>
  static auto release(Task<T>&& task) noexcept {
    return std::exchange(task.frame_, nullptr);
  }
};

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  using Real = typename Task<T>::promise_type;
  return Task<T>(std::coroutine_handle<Real>::from_promise(static_cast<Real&>(*this)));
}

/// Runs a child on the branch of its parent.
template <class T>
class ChildAwaiter {
 public:
  ChildAwaiter(Task<T>&& child, Branch& branch) noexcept
      : link_{TaskAccess::release(std::move(child)), nullptr, &branch} {
    assert(link_.child && "corokit: this Task was moved from, awaited or spawned before");
  }
  ChildAwaiter(ChildAwaiter&& other) noexcept
      : link_{std::exchange(other.link_.child, nullptr), nullptr, other.link_.branch} {}
  ~ChildAwaiter() {
    if (!link_.child) return;
    cell().drop_result();
    destroy_frame(link_.child);
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> parent) noexcept {
    link_.parent = parent;
    promise().join_branch(link_);
    Turn& turn = *link_.branch->task()->turn;
    if (turn.debt < Turn::kMostDebt) {
      turn.next = link_.child;
    } else {  // see PromiseBase::finish()
      link_.branch->leaf = PromiseBase::later(link_.child);
      turn.defer(*link_.branch);
    }
  }
  T await_resume() { return cell().take(); }

 private:
  using PromiseType = typename Task<T>::promise_type;

  PromiseType& promise() const noexcept {
    return std::coroutine_handle<PromiseType>::from_address(link_.child.address()).promise();
  }
  Cell<T>& cell() const noexcept { return promise().cell(); }

  ChildLink link_;
};

}  // namespace detail
}  // namespace corokit
