#include <corokit/detail/frame_pool.hpp>
#include <corokit/detail/sync.hpp>

#include <new>
#include <utility>

namespace corokit::detail {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
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

constexpr std::size_t kGrain = 32;     // bytes between two size classes
constexpr std::size_t kClasses = 64;   // blocks up to 2 KiB are recycled
constexpr std::uint32_t kBatch = 128;  // blocks that travel together

constexpr std::size_t class_of(std::size_t bytes) {
  return (bytes + kGrain - 1) / kGrain;
}

struct Block {
  Block* next;
  Block* next_batch;  // of the first block of a batch in the depot
};

/// Full batches that one thread had too many of, for whichever thread runs out.
struct Depot {
  Lock lock;
  Block* batches = nullptr;
};
Depot depots[kClasses + 1];

struct Shelf {
  Block* top = nullptr;
  Block* spare = nullptr;  // a full batch kept back, so that a thread at the edge does not run to the depot
  std::uint32_t count = 0;
};

// Outlives the cache (it has no destructor): frames freed while the thread ends go straight to the heap.
thread_local bool cache_is_gone = false;

struct ThreadCache {
  Shelf shelves[kClasses + 1];

  ~ThreadCache() {
    cache_is_gone = true;
    for (Shelf& shelf : shelves) {
      release(shelf.top);
      release(shelf.spare);
      shelf = Shelf{};
    }
  }
  static void release(Block* block) noexcept {
    while (block) ::operator delete(std::exchange(block, block->next));
  }
};

// Behind a function that is never inlined: the address of a thread-local may not be kept across a suspension.
// Returns: null while the thread ends.
[[gnu::noinline]] ThreadCache* cache() noexcept {
  if (cache_is_gone) return nullptr;
  thread_local ThreadCache instance;
  return &instance;
}

Block* take_batch(Depot& depot) noexcept {
  Locked locked(depot.lock);
  Block* batch = depot.batches;
  if (batch) depot.batches = batch->next_batch;
  return batch;
}

void give_batch(Depot& depot, Block* batch) noexcept {
  Locked locked(depot.lock);
  batch->next_batch = depot.batches;
  depot.batches = batch;
}

}  // namespace

void* frame_allocate(std::size_t bytes) {
  const std::size_t size_class = class_of(bytes);
  if (!kRecycle || size_class > kClasses) return ::operator new(bytes);
  ThreadCache* mine = cache();
  if (!mine) return ::operator new(size_class* kGrain);
  Shelf& shelf = mine->shelves[size_class];
  if (!shelf.top) {
    shelf.top = shelf.spare ? shelf.spare : take_batch(depots[size_class]);
    shelf.spare = nullptr;
    if (!shelf.top) return ::operator new(size_class* kGrain);
    shelf.count = kBatch;
  }
  Block* block = shelf.top;
  shelf.top = block->next;
  --shelf.count;
  return block;
}

void frame_free(void* memory, std::size_t bytes) noexcept {
  const std::size_t size_class = class_of(bytes);
  ThreadCache* mine = kRecycle && size_class <= kClasses ? cache() : nullptr;
  if (!mine) return ::operator delete(memory);
  Shelf& shelf = mine->shelves[size_class];
  auto* block = static_cast<Block*>(memory);
  if (shelf.count == kBatch) {
    if (shelf.spare) give_batch(depots[size_class], shelf.spare);
    shelf.spare = shelf.top;
    shelf.top = nullptr;
    shelf.count = 0;
  }
  block->next = shelf.top;
  shelf.top = block;
  ++shelf.count;
}

}  // namespace corokit::detail
