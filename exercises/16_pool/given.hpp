#pragma once
#include <03_block_on/block_on.hpp>
#include <15_steal_queue/steal_queue.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>

namespace mini {

/// What SharedQueue and Registry need of their items: struct T : Links<T>.
template <class T>
struct Links {
  T* next = nullptr;  // in the queue
  T* older = nullptr;
  T* younger = nullptr;
};

/// A queue for all threads, without a limit.
template <class T>
class SharedQueue {
 public:
  void push(T& item) noexcept {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    item.next = nullptr;
    (last_ ? last_->next : first_) = &item;
    last_ = &item;
    size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  /// Returns: the oldest item; null if there is none.
  T* pop() noexcept {
    if (empty()) return nullptr;
    const std::lock_guard lock(mutex_);
    T* const item = first_;
    if (!item) return nullptr;
    first_ = item->next;
    if (!first_) last_ = nullptr;
    size_.store(size_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    return item;
  }

  /// From now on, push() does nothing.
  void close() noexcept {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }

  /// What it returns may be out of date as soon as it is known.
  bool empty() const noexcept { return size_.load(std::memory_order_relaxed) == 0; }

 private:
  std::mutex mutex_;
  bool is_closed_ = false;
  T* first_ = nullptr;
  T* last_ = nullptr;
  std::atomic<std::size_t> size_ = 0;  // is written under the lock
};

/// All items that there are, for all threads.
template <class T>
class Registry {
 public:
  void add(T& item) noexcept {
    const std::lock_guard lock(mutex_);
    item.younger = nullptr;
    item.older = youngest_;
    if (youngest_) youngest_->younger = &item;
    youngest_ = &item;
  }
  void remove(T& item) noexcept {
    const std::lock_guard lock(mutex_);
    (item.younger ? item.younger->older : youngest_) = item.older;
    if (item.older) item.older->younger = item.younger;
  }
  /// Returns: the item that was added last; null if there is none.
  T* youngest() const noexcept {
    const std::lock_guard lock(mutex_);
    return youngest_;
  }

 private:
  mutable std::mutex mutex_;
  T* youngest_ = nullptr;
};

/// A variable that each thread has for itself. It is not inlined, for the reason of Job::running().
template <class T>
[[gnu::noinline]] T*& here() noexcept {
  static thread_local T* it = nullptr;
  return it;
}

}  // namespace mini
