#pragma once
#include <07_semaphore/given.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

namespace mini {

/// Holds a number of permits. Tasks take some, wait until there are enough, and get them in the order in which they
/// came: who wants few does not overtake who wants many.
class Semaphore {
 public:
  struct Acquire;
  struct Give {
    std::size_t count;
    void operator()(Semaphore* semaphore) const noexcept { semaphore->give(count); }
  };
  /// Owns permits, and gives them back.
  using Permits = std::unique_ptr<Semaphore, Give>;

  // TODO: keep the number.
  explicit Semaphore(std::size_t permits) noexcept { (void)permits; }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// co_await semaphore.acquire(n) gives an optional of Permits: none if the semaphore is closed. Requires: n > 0.
  Acquire acquire(std::size_t n) noexcept { return Acquire(*this, n); }
  // TODO: Permits(this, {n}); none if there are fewer, if somebody waits, or if the semaphore is closed.
  std::optional<Permits> try_acquire(std::size_t n) noexcept { return (void)n, std::nullopt; }
  // TODO: end all waits; nobody gets permits from now on.
  void close() noexcept {}
  // TODO: return how many permits nobody has; 0 while somebody waits.
  std::size_t available() const noexcept { return 0; }

  /// A wait for permits.
  struct [[nodiscard]] Acquire : Waiter {
    Acquire(Semaphore& the_semaphore, std::size_t n) noexcept : semaphore(the_semaphore), wanted(n) {}
    // TODO: a wait that is dropped leaves the list; the permits that it kept from others go to them.
    ~Acquire() {}

    bool await_ready() const noexcept { return false; }
    // TODO: take the permits, or see that the semaphore is closed, and return false; or wait.
    bool await_suspend(std::coroutine_handle<> here) noexcept { return (void)here, false; }
    // TODO: Permits(&semaphore, {n}), or none.
    std::optional<Permits> await_resume() noexcept { return std::nullopt; }

    Semaphore& semaphore;
    const std::size_t wanted;
  };

 private:
  // TODO: n permits are back: they go to those who wait, the oldest first.
  void give(std::size_t n) noexcept { (void)n; }
};

}  // namespace mini
