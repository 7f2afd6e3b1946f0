#pragma once
#include <condition_variable>
#include <mutex>

/// Holds one letter until it is taken.
class Mailbox {
 public:
  /// May be called once.
  void put(int letter) {
    {
      // The lock makes sure that take() either sees full_, or sleeps already when it is notified.
      const std::lock_guard lock(mutex_);
      letter_ = letter;
      full_ = true;
    }
    is_full_.notify_one();
  }

  /// Waits until there is a letter.
  int take() {
    std::unique_lock lock(mutex_);
    while (!full_) is_full_.wait(lock);  // a condition variable may wake its waiters for nothing
    full_ = false;
    return letter_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable is_full_;
  bool full_ = false;  // guarded by mutex_, as is letter_
  int letter_ = 0;
};
