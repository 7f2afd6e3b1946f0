#include <corokit/detail/frame_pool.hpp>
#include <corokit/detail/sync.hpp>

#include <sys/mman.h>
#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

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

constexpr std::uint32_t kBatch = 128;  // blocks that travel together

// Blocks are cut from chunks. Each chunk of a thread is twice as large as the one before, up to a huge page.
constexpr std::size_t kFirstChunk = 64U << 10U;
constexpr std::size_t kHugePage = 2U << 20U;

struct Block {
  Block* next;
  Block* next_batch;    // of the first block of a batch in the depot
  std::uint32_t count;  // of the batch
};
static_assert(sizeof(Block) <= 2 * kFrameGrain);

/// Batches that one thread had too many of, for whichever thread runs out.
struct Depot {
  Lock lock;
  Block* batches = nullptr;
};
Depot depots[kFrameClasses + 1];

/// Memory for many blocks, straight from the kernel. It is never given back: a block of any thread may lie in it.
char* make_chunk(std::size_t bytes) {
  // A chunk of one huge page costs one page fault where it would be 512: it has to begin on such a page.
  const std::size_t spare = bytes == kHugePage ? kHugePage : 0;
  void* mapped = ::mmap(nullptr, bytes + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* chunk = static_cast<char*>(mapped);
  if (spare == 0) return chunk;
  const std::size_t before = (kHugePage - reinterpret_cast<std::uintptr_t>(chunk) % kHugePage) % kHugePage;
  if (before != 0) ::munmap(chunk, before);
  if (spare != before) ::munmap(chunk + before + bytes, spare - before);
  ::madvise(chunk + before, bytes, MADV_HUGEPAGE);  // a wish
  return chunk + before;
}

void give_batch(std::size_t size_class, Block* batch, std::uint32_t count) noexcept {
  batch->count = count;
  Depot& depot = depots[size_class];
  Locked locked(depot.lock);
  batch->next_batch = std::exchange(depot.batches, batch);
}

struct Shelf {
  Block* top = nullptr;
  Block* spare = nullptr;  // a full batch kept back, so that a thread at the edge does not run to the depot
  std::uint32_t count = 0;
};

// Outlives the cache (it has no destructor): frames that are freed while the thread ends go to the depot one by one.
thread_local bool cache_is_gone = false;

struct ThreadCache {
  Shelf shelves[kFrameClasses + 1];
  char* fresh = nullptr;  // what is left of this thread's chunk
  char* fresh_end = nullptr;
  std::size_t chunk_bytes = kFirstChunk;

  ~ThreadCache() {
    cache_is_gone = true;
    for (std::size_t size_class = 0; size_class <= kFrameClasses; ++size_class) {
      Shelf& shelf = shelves[size_class];
      if (shelf.top) give_batch(size_class, shelf.top, shelf.count);
      if (shelf.spare) give_batch(size_class, shelf.spare, kBatch);
      shelf = Shelf{};
    }
  }

  void* cut(std::size_t bytes) {
    if (static_cast<std::size_t>(fresh_end - fresh) < bytes) {
      fresh = make_chunk(chunk_bytes);
      fresh_end = fresh + chunk_bytes;
      chunk_bytes = std::min(2 * chunk_bytes, kHugePage);
    }
    return std::exchange(fresh, fresh + bytes);
  }
};

// Behind a function that is never inlined: the address of a thread-local may not be kept across a suspension.
// Returns: null while the thread ends.
[[gnu::noinline]] ThreadCache* cache() noexcept {
  if (cache_is_gone) return nullptr;
  thread_local ThreadCache instance;
  return &instance;
}

Block* take_batch(std::size_t size_class) noexcept {
  Depot& depot = depots[size_class];
  Locked locked(depot.lock);
  Block* batch = depot.batches;
  if (batch) depot.batches = batch->next_batch;
  return batch;
}

void* take(ThreadCache& mine, std::size_t size_class) {
  Shelf& shelf = mine.shelves[size_class];
  if (!shelf.top) {
    if (shelf.spare) {
      shelf.top = std::exchange(shelf.spare, nullptr);
      shelf.count = kBatch;
    } else if (Block* batch = take_batch(size_class)) {
      shelf.top = batch;
      shelf.count = batch->count;
    } else {
      return mine.cut(size_class * kFrameGrain);
    }
  }
  --shelf.count;
  return std::exchange(shelf.top, shelf.top->next);
}

}  // namespace

void* frame_allocate(std::size_t bytes) {
  const std::uint8_t size_class = frame_class(bytes);
  if (!kRecycle || size_class == 0) return ::operator new(bytes);
  ThreadCache* mine = cache();
  return mine ? take(*mine, size_class) : ::operator new (std::size_t{size_class} * kFrameGrain);
}

void frame_free(void* memory, std::uint8_t size_class) noexcept {
  if (!kRecycle || size_class == 0) return ::operator delete(memory);
  auto* block = static_cast<Block*>(memory);
  block->next = nullptr;
  ThreadCache* mine = cache();
  if (!mine) return give_batch(size_class, block, 1);
  Shelf& shelf = mine->shelves[size_class];
  if (shelf.count == kBatch) {
    if (shelf.spare) give_batch(size_class, shelf.spare, kBatch);
    shelf.spare = shelf.top;
    shelf.top = nullptr;
    shelf.count = 0;
  }
  block->next = shelf.top;
  shelf.top = block;
  ++shelf.count;
}

}  // namespace corokit::detail
