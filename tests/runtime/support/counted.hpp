#pragma once
// Counts the objects that are alive, so that a test can check at its end that none is left.
#include <atomic>

namespace corokit::test {

/// Counts Counted objects. Thread-safety: may be used by any thread.
struct Census {
  std::atomic<int> alive{0};
  std::atomic<int> made{0};
};

/// An object that is counted from its constructor to its destructor, as is each copy of it.
class Counted {
 public:
  explicit Counted(Census& census) noexcept : census_(&census) { enter(); }
  Counted(const Counted& other) noexcept : census_(other.census_) { enter(); }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { census_->alive.fetch_sub(1); }
  Census& census() const noexcept { return *census_; }

 private:
  void enter() noexcept {
    census_->alive.fetch_add(1);
    census_->made.fetch_add(1);
  }

  Census* census_;
};

}  // namespace corokit::test
