#include <corokit/detail/executor/counter.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/frame_pool.hpp>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#include "frame_check.hpp"
#include "frame_slabs.hpp"

namespace corokit::detail {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(COROKIT_MODEL)
constexpr bool kRecycle = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kRecycle = false;
#else
constexpr bool kRecycle = true;
#endif
#else
constexpr bool kRecycle = true;
#endif

static_assert(sizeof(Block) <= 2 * kFrameGrain);

/// Returns: false if each frame must be an allocation of its own. COROKIT_FORCE_NEW works as GLIBCXX_FORCE_NEW does for
/// the pools of libstdc++.
bool recycles() noexcept {
  static const bool wanted = kRecycle && std::getenv("COROKIT_FORCE_NEW") == nullptr;
  return wanted;
}

struct Shelf {
  Block* top = nullptr;
  Block* spare = nullptr;  // a full batch: a thread that takes and frees in turn rarely needs the depot
  std::uint32_t count = 0;
  Uncut uncut;
};

struct ThreadCache;

/// How many blocks are in use. Each thread counts the blocks that it took less those that it freed. A thread that frees
/// blocks of other threads counts below zero, so only the sum of all counts has a meaning.
struct Census {
  Lock lock;
  ThreadCache* caches = nullptr;           // the caches of all threads that have one
  Atomic<std::uint64_t> without_cache{0};  // the count of threads that have no cache, or whose cache is gone
};
Census census;

// True once the thread's cache is gone; this variable outlives it, since it has no destructor. Frames that are freed
// while the thread ends then go to the depot one by one. True from the start where nothing is recycled.
thread_local bool works_without_cache = false;

// The cache of this thread, once it has one; null where nothing is recycled, and once the thread ends.
thread_local ThreadCache* cache_of_thread = nullptr;

struct ThreadCache {
  Counter in_use;
  ThreadCache* prev = nullptr;  // guarded by the lock of the census, as `next` is
  ThreadCache* next = nullptr;
  Shelf shelves[kFrameClasses + 1];

  ThreadCache() noexcept {
    works_without_cache = !recycles();
    Locked locked(census.lock);
    next = std::exchange(census.caches, this);
    if (next) next->prev = this;
  }
  ThreadCache(const ThreadCache&) = delete;
  ThreadCache& operator=(const ThreadCache&) = delete;

  ~ThreadCache() {
    leave();
    cache_of_thread = nullptr;
    if (std::exchange(works_without_cache, true)) return;
    for (std::size_t size_class = 0; size_class <= kFrameClasses; ++size_class) {
      Shelf& shelf = shelves[size_class];
      give_blocks(size_class, shelf.top);
      give_blocks(size_class, shelf.spare);
      give_uncut(size_class, shelf.uncut);
      shelf = Shelf{};
    }
  }

  void leave() noexcept {
    Locked locked(census.lock);
    (prev ? prev->next : census.caches) = next;
    if (next) next->prev = prev;
    census.without_cache.fetch_add(in_use.get(), std::memory_order_relaxed);
  }
};

[[gnu::noinline, gnu::cold]] ThreadCache* make_cache() noexcept {
  if (!kRecycle || works_without_cache) return nullptr;
  thread_local ThreadCache instance;
  return cache_of_thread = works_without_cache ? nullptr : &instance;
}

// Returns: the cache of this thread; null while the thread ends, and where nothing is recycled. The address of a
// thread-local variable must not be kept across a suspension: so no caller of it may be inlined into a coroutine.
ThreadCache* cache() noexcept {
  ThreadCache* const mine = cache_of_thread;
  return mine ? mine : make_cache();
}

void count(ThreadCache* mine, std::uint64_t more) noexcept {
  if (mine) return mine->in_use.add(more);
  census.without_cache.fetch_add(more, std::memory_order_relaxed);  // relaxed: as in Counter
}

void* take(ThreadCache& mine, std::size_t size_class) {
  const std::size_t bytes = size_class * kFrameGrain;
  Shelf& shelf = mine.shelves[size_class];
  if (!shelf.top && shelf.spare) {
    shelf.top = std::exchange(shelf.spare, nullptr);
    shelf.count = kBatch;
  } else if (!shelf.top && shelf.uncut.begin == shelf.uncut.end) {
    const Supply supply = take_supply(size_class);
    shelf.top = supply.top;
    shelf.count = supply.count;
    shelf.uncut = supply.uncut;
  }
  if (!shelf.top) return std::exchange(shelf.uncut.begin, shelf.uncut.begin + bytes);
  verify_dead(*shelf.top, bytes);
  --shelf.count;
  return std::exchange(shelf.top, shelf.top->next);
}

void give(ThreadCache& mine, Block& block, std::size_t size_class) noexcept {
  Shelf& shelf = mine.shelves[size_class];
  if (shelf.count == kBatch) {
    give_blocks(size_class, std::exchange(shelf.spare, std::exchange(shelf.top, nullptr)));
    shelf.count = 0;
  }
  link(block, shelf.top);
  shelf.top = &block;
  ++shelf.count;
}

/// For a thread whose cache is gone.
void* take_one(std::size_t size_class) {
  const std::size_t bytes = size_class * kFrameGrain;
  const Supply supply = take_supply(size_class);
  if (!supply.top) {
    give_uncut(size_class, {supply.uncut.begin + bytes, supply.uncut.end});
    return supply.uncut.begin;
  }
  verify_dead(*supply.top, bytes);
  give_blocks(size_class, supply.top->next);
  return supply.top;
}

}  // namespace

[[gnu::noinline]] void* frame_allocate(std::size_t bytes) {
  const std::size_t size_class = frame_class(bytes);
  ThreadCache* mine = cache();
  void* block = nullptr;
  if (size_class == 0 || (!mine && !recycles()))
    block = ::operator new(bytes);
  else
    block = mine ? take(*mine, size_class) : take_one(size_class);
  count(mine, 1);
  return block;
}

[[gnu::noinline]] void frame_free(void* memory, std::uint8_t size_class) noexcept {
  ThreadCache* mine = cache();
  count(mine, ~std::uint64_t{0});
  if (size_class == 0 || (!mine && !recycles())) return ::operator delete(memory);
  auto* block = static_cast<Block*>(memory);
  fill_dead(*block, size_class * kFrameGrain);
  if (mine) return give(*mine, *block, size_class);
  link(*block, nullptr);
  give_blocks(size_class, block);
}

std::int64_t live_frames() noexcept {
  Locked locked(census.lock);
  std::uint64_t sum = census.without_cache.load(std::memory_order_relaxed);
  for (const ThreadCache* each = census.caches; each; each = each->next) sum += each->in_use.get();
  return static_cast<std::int64_t>(sum);
}

}  // namespace corokit::detail
