#include <corokit/detail/executor/counter.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/frame_pool.hpp>

#include <sys/mman.h>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#include "frame_check.hpp"

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
constexpr std::uint32_t kBatch = 128;  // blocks that travel together

// Blocks are cut from chunks. Each chunk of a thread is twice as large as the one before, up to a limit.
constexpr std::size_t kFirstChunk = 64U << 10U;
constexpr std::size_t kLargestChunk = 2U << 20U;

/// Returns: false if each frame must be an allocation of its own. COROKIT_FORCE_NEW works as GLIBCXX_FORCE_NEW does for
/// the pools of libstdc++.
bool recycles() noexcept {
  static const bool wanted = kRecycle && std::getenv("COROKIT_FORCE_NEW") == nullptr;
  return wanted;
}

/// The batches of blocks that their threads did not need. A thread that has no block left takes one.
struct Depot {
  Lock lock;
  Block* batches = nullptr;
};
Depot depots[kFrameClasses + 1];

/// Maps memory for many blocks. It is never unmapped, because any thread may use a block that lies in it. It consists
/// of small pages: the kernel has small pages at hand that other programs freed, while it must clear a huge page first,
/// which the host of a virtual machine may not even have backed with memory yet.
char* make_chunk(std::size_t bytes) {
  void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(mapped);
}

void give_batch(std::size_t size_class, Block* batch, std::uint32_t count) noexcept {
  batch->count = count;
  Depot& depot = depots[size_class];
  Locked locked(depot.lock);
  batch->next_batch = std::exchange(depot.batches, batch);
}

struct Shelf {
  Block* top = nullptr;
  Block* spare = nullptr;  // a full batch: a thread that takes and frees in turn rarely needs the depot
  std::uint32_t count = 0;
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

struct ThreadCache {
  Counter in_use;
  ThreadCache* prev = nullptr;  // guarded by the lock of the census, as `next` is
  ThreadCache* next = nullptr;
  Shelf shelves[kFrameClasses + 1];
  char* fresh = nullptr;  // the unused rest of this thread's chunk
  char* fresh_end = nullptr;
  std::size_t chunk_bytes = kFirstChunk;

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
    if (std::exchange(works_without_cache, true)) return;
    for (std::size_t size_class = 0; size_class <= kFrameClasses; ++size_class) {
      Shelf& shelf = shelves[size_class];
      if (shelf.top) give_batch(size_class, shelf.top, shelf.count);
      if (shelf.spare) give_batch(size_class, shelf.spare, kBatch);
      shelf = Shelf{};
    }
  }

  void leave() noexcept {
    Locked locked(census.lock);
    (prev ? prev->next : census.caches) = next;
    if (next) next->prev = prev;
    census.without_cache.fetch_add(in_use.get(), std::memory_order_relaxed);
  }

  void* cut(std::size_t bytes) {
    if (static_cast<std::size_t>(fresh_end - fresh) < bytes) {
      fresh = make_chunk(chunk_bytes);
      fresh_end = fresh + chunk_bytes;
      chunk_bytes = std::min(2 * chunk_bytes, kLargestChunk);
    }
    return std::exchange(fresh, fresh + bytes);
  }
};

// Returns: the cache of this thread; null while the thread ends, and where nothing is recycled.
// It is never inlined: the address of a thread-local variable must not be kept across a suspension.
[[gnu::noinline]] ThreadCache* cache() noexcept {
  if (!kRecycle || works_without_cache) return nullptr;
  thread_local ThreadCache instance;
  return works_without_cache ? nullptr : &instance;
}

void count(ThreadCache* mine, std::uint64_t more) noexcept {
  if (mine) return mine->in_use.add(more);
  census.without_cache.fetch_add(more, std::memory_order_relaxed);  // relaxed: as in Counter
}

Block* take_batch(std::size_t size_class) noexcept {
  Depot& depot = depots[size_class];
  Locked locked(depot.lock);
  Block* batch = depot.batches;
  if (batch) depot.batches = batch->next_batch;
  return batch;
}

void* take(ThreadCache& mine, std::size_t size_class) {
  const std::size_t bytes = size_class * kFrameGrain;
  Shelf& shelf = mine.shelves[size_class];
  if (!shelf.top) {
    if (shelf.spare) {
      shelf.top = std::exchange(shelf.spare, nullptr);
      shelf.count = kBatch;
    } else if (Block* batch = take_batch(size_class)) {
      shelf.top = batch;
      shelf.count = batch->count;
      fill_dead_head(*batch);
    } else {
      return mine.cut(bytes);
    }
  }
  verify_dead(*shelf.top, bytes);
  --shelf.count;
  return std::exchange(shelf.top, shelf.top->next);
}

void give(ThreadCache& mine, Block& block, std::size_t size_class) noexcept {
  Shelf& shelf = mine.shelves[size_class];
  if (shelf.count == kBatch) {
    if (shelf.spare) give_batch(size_class, shelf.spare, kBatch);
    shelf.spare = shelf.top;
    shelf.top = nullptr;
    shelf.count = 0;
  }
  link(block, shelf.top);
  shelf.top = &block;
  ++shelf.count;
}

}  // namespace

void* frame_allocate(std::size_t bytes) {
  const std::size_t size_class = frame_class(bytes);
  ThreadCache* mine = cache();
  void* block = nullptr;
  if (size_class == 0)
    block = ::operator new(bytes);
  else if (mine)
    block = take(*mine, size_class);
  else  // a block that will be recycled must have the size of its class
    block = ::operator new(recycles() ? size_class* kFrameGrain : bytes);
  count(mine, 1);
  return block;
}

void frame_free(void* memory, std::uint8_t size_class) noexcept {
  ThreadCache* mine = cache();
  count(mine, ~std::uint64_t{0});
  if (size_class == 0 || (!mine && !recycles())) return ::operator delete(memory);
  auto* block = static_cast<Block*>(memory);
  fill_dead(*block, size_class * kFrameGrain);
  if (mine) return give(*mine, *block, size_class);
  link(*block, nullptr);
  give_batch(size_class, block, 1);
}

std::int64_t live_frames() noexcept {
  Locked locked(census.lock);
  std::uint64_t sum = census.without_cache.load(std::memory_order_relaxed);
  for (const ThreadCache* each = census.caches; each; each = each->next) sum += each->in_use.get();
  return static_cast<std::int64_t>(sum);
}

}  // namespace corokit::detail
