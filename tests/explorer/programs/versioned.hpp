#pragma once
#include <memory>
#include <mutex>
#include <utility>

/// A number that is changed without a lock while the new one is computed: a change that another one has overtaken is
/// computed again.
class Versioned {
 public:
  template <class Change>
  void update(Change change) {
    for (;;) {
      const auto [number, version] = look();
      auto fresh = std::make_unique<int>(change(number));
      const std::lock_guard lock(mutex_);
      // The address of *number_ would not tell: the block of a number that was replaced may be used again.
      if (version_ != version) continue;
      number_ = std::move(fresh);
      ++version_;
      return;
    }
  }

  int get() { return look().first; }

 private:
  std::pair<int, unsigned> look() {
    const std::lock_guard lock(mutex_);
    return {*number_, version_};
  }

  std::mutex mutex_;
  std::unique_ptr<int> number_ = std::make_unique<int>(0);  // guarded by mutex_, as is version_
  unsigned version_ = 0;                                    // how often it was changed
};
