#pragma once
#include <atomic>
#include <mutex>

/// An object that is made when it is first asked for.
template <class T>
class Lazy {
 public:
  ~Lazy() { delete object_.load(std::memory_order_relaxed); }  // no other thread is here any more

  T& get() {
    // [made] acquire: the members of the object. Pairs with the store below.
    if (T* const object = object_.load(std::memory_order_acquire)) return *object;
    const std::lock_guard lock(mutex_);
    if (T* const object = object_.load(std::memory_order_relaxed)) return *object;  // mutex_ orders it
    T* const object = new T();
    // [made] release: the members of the object. Pairs with the first load.
    object_.store(object, std::memory_order_release);
    return *object;
  }

 private:
  std::mutex mutex_;
  std::atomic<T*> object_ = nullptr;
};
