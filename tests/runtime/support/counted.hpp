#pragma once
// Counts what is alive, so that a test can end with "and nothing is left".
#include <atomic>

namespace corokit::test {

/// Where Counted objects are counted. Any thread.
struct Census {
  std::atomic<int> alive{0};
  std::atomic<int> made{0};
};

/// An object that is counted from its constructor to its destructor; so is each copy.
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

/// Calls a function when it dies.
template <class F>
class AtExit {
 public:
  explicit AtExit(F function) : function_(function) {}
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;
  ~AtExit() { function_(); }

 private:
  F function_;
};

}  // namespace corokit::test
