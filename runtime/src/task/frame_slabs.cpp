#include "frame_slabs.hpp"

#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/frame_pool.hpp>

#include <sys/mman.h>
#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <utility>

namespace corokit::detail {
namespace {

// Arenas are the pieces of address space in which slabs lie. Each is twice as large as the one before, up to a limit.
constexpr std::size_t kFirstArena = 16;      // slabs: 1 MiB
constexpr std::size_t kLargestArena = 1024;  // slabs: 64 MiB

/// An arena, and which of its slabs have no memory. It is never unmapped.
struct Arena {
  char* base = nullptr;
  Arena* next = nullptr;  // the next arena with a slab that has no memory
  std::array<std::uint64_t, kLargestArena / 64> vacant{};

  bool has_vacancy() const noexcept {
    return std::any_of(vacant.begin(), vacant.end(), [](std::uint64_t word) { return word != 0; });
  }
};

/// The header of a slab that has memory. The lock of the depot of its size class guards it while the
/// slab serves a class, then that of the store.
struct Slab {
  Arena* arena;
  Slab* prev;  // in a depot: its neighbours; in the store: the next one
  Slab* next;
  Block* free;          // the blocks that are here
  char* uncut;          // from here to the end, what no thread cuts; null if it is cut, or a thread cuts it
  std::uint32_t ready;  // how many blocks are here, cut or not
  std::uint32_t capacity;
};
constexpr std::size_t kHeaderBytes = 64;
static_assert(sizeof(Slab) <= kHeaderBytes && kHeaderBytes % kFrameGrain == 0);

/// Returns: the memory of the slab that holds `inside`.
char* memory_of(void* inside) noexcept {
  return reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(inside) & ~(kSlabBytes - 1));
}
/// The header is near the beginning, at one of 16 distances: headers at the same one would push each other out of the
/// caches, where few lines serve addresses that are a multiple of 64 KiB apart.
Slab& slab_of(void* inside) noexcept {
  char* const memory = memory_of(inside);
  return *reinterpret_cast<Slab*>(memory +
                                  reinterpret_cast<std::uintptr_t>(memory) / kSlabBytes % 16 * kHeaderBytes);
}
char* first_block(Slab& slab) noexcept {
  return reinterpret_cast<char*>(&slab) + kHeaderBytes;
}
char* end_of(Slab& slab, std::size_t bytes) noexcept {
  return first_block(slab) + slab.capacity * bytes;
}

/// The slabs that serve no size class.
struct Store {
  Lock lock;
  Slab* kept = nullptr;
  std::size_t kept_count = 0;
  std::size_t resident = 0;  // slabs with memory, here or not
  Arena* arenas = nullptr;   // those with a slab that has no memory
  std::size_t next_arena = kFirstArena;
};
Store store;

/// Maps an arena of the wanted size, or of a smaller one if the system does not give that much. It has small pages: the
/// kernel has them at hand, while it must clear a huge page first, which the host of a virtual machine may not even have
/// backed with memory yet; and a slab that goes back must not break up a huge page.
Arena* map_arena(std::size_t slabs) {
  for (; slabs != 0; slabs /= 2) {
    const std::size_t bytes = (slabs + 1) * kSlabBytes;  // one more, so that the first slab can be aligned
    void* mapped =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) continue;
    ::madvise(mapped, bytes, MADV_NOHUGEPAGE);
    auto* arena = new Arena;
    arena->base =
        static_cast<char*>(mapped) + (kSlabBytes - reinterpret_cast<std::uintptr_t>(mapped) % kSlabBytes);
    for (std::size_t i = 0; i < slabs; ++i) arena->vacant[i / 64] |= std::uint64_t{1} << (i % 64);
    return arena;
  }
  throw std::bad_alloc();
}

/// Takes a slab without memory. Its first use makes the kernel back it with memory.
Slab& take_vacant_locked() {
  if (!store.arenas) {
    store.arenas = map_arena(store.next_arena);
    store.next_arena = std::min(2 * store.next_arena, kLargestArena);
  }
  Arena& arena = *store.arenas;
  auto* const word =
      std::find_if(arena.vacant.begin(), arena.vacant.end(), [](std::uint64_t bits) { return bits != 0; });
  const auto index = static_cast<std::size_t>((word - arena.vacant.begin()) * 64 + std::countr_zero(*word));
  *word &= *word - 1;
  if (!arena.has_vacancy()) store.arenas = std::exchange(arena.next, nullptr);
  ++store.resident;
  Slab& slab = slab_of(arena.base + index * kSlabBytes);
  slab.arena = &arena;
  return slab;
}

Slab& take_from_store() {
  Locked locked(store.lock);
  if (!store.kept) return take_vacant_locked();
  --store.kept_count;
  return *std::exchange(store.kept, store.kept->prev);
}

void put_into_store(Slab& slab) noexcept {
  {
    Locked locked(store.lock);
    if (store.kept_count < kSlabsKept) {
      slab.prev = std::exchange(store.kept, &slab);
      ++store.kept_count;
      return;
    }
  }
  Arena& arena = *slab.arena;
  char* const memory = memory_of(&slab);
  ::madvise(memory, kSlabBytes, MADV_DONTNEED);
  Locked locked(store.lock);
  --store.resident;
  if (!arena.has_vacancy()) arena.next = std::exchange(store.arenas, &arena);
  const auto index = static_cast<std::size_t>(memory - arena.base) / kSlabBytes;
  arena.vacant[index / 64] |= std::uint64_t{1} << (index % 64);
}

/// The slabs of a size class that have blocks here.
struct Depot {
  Lock lock;
  Slab* slabs = nullptr;

  /// Counts blocks of the slab that have come back. Returns: whether all of them are here now, in which case the slab is
  /// off the list, and belongs to the caller.
  bool add_locked(Slab& slab, std::uint32_t count) noexcept {
    if (slab.ready == 0) {
      slab.prev = nullptr;
      slab.next = std::exchange(slabs, &slab);
      if (slab.next) slab.next->prev = &slab;
    }
    slab.ready += count;
    if (slab.ready != slab.capacity) return false;
    unlink_locked(slab);
    return true;
  }
  Supply take_locked(Slab& slab, std::size_t bytes) noexcept {
    Supply supply;
    if (slab.uncut) {
      supply.uncut = {std::exchange(slab.uncut, nullptr), end_of(slab, bytes)};
      slab.ready -=
          static_cast<std::uint32_t>(static_cast<std::size_t>(supply.uncut.end - supply.uncut.begin) / bytes);
    } else {
      supply.top = slab.free;
      supply.count = std::min(slab.ready, kBatch);
      Block* last = slab.free;
      for (std::uint32_t i = 1; i < supply.count; ++i) last = last->next;
      slab.free = last->next;
      corokit::detail::link(*last, nullptr);
      slab.ready -= supply.count;
    }
    if (slab.ready == 0) unlink_locked(slab);
    return supply;
  }

 private:
  void unlink_locked(Slab& slab) noexcept {
    (slab.prev ? slab.prev->next : slabs) = slab.next;
    if (slab.next) slab.next->prev = slab.prev;
  }
};
Depot depots[kFrameClasses + 1];

}  // namespace

Supply take_supply(std::size_t size_class) {
  const std::size_t bytes = size_class * kFrameGrain;
  {
    Depot& depot = depots[size_class];
    Locked locked(depot.lock);
    if (depot.slabs) return depot.take_locked(*depot.slabs, bytes);
  }
  Slab& slab = take_from_store();
  slab.free = nullptr;
  slab.uncut = nullptr;
  slab.ready = 0;
  slab.capacity = static_cast<std::uint32_t>(
      static_cast<std::size_t>(memory_of(&slab) + kSlabBytes - first_block(slab)) / bytes);
  return {.uncut = {first_block(slab), end_of(slab, bytes)}};
}

void give_blocks(std::size_t size_class, Block* list) noexcept {
  if (!list) return;
  Slab* whole = nullptr;
  {
    Depot& depot = depots[size_class];
    Locked locked(depot.lock);
    while (Block* block = list) {
      list = block->next;
      Slab& slab = slab_of(block);
      link(*block, std::exchange(slab.free, block));
      if (depot.add_locked(slab, 1)) slab.next = std::exchange(whole, &slab);
    }
  }
  while (whole) put_into_store(*std::exchange(whole, whole->next));
}

void give_uncut(std::size_t size_class, Uncut rest) noexcept {
  if (rest.begin == rest.end) return;
  Slab& slab = slab_of(rest.begin);
  bool is_whole = false;
  {
    Depot& depot = depots[size_class];
    Locked locked(depot.lock);
    slab.uncut = rest.begin;
    const auto bytes = static_cast<std::size_t>(rest.end - rest.begin);
    is_whole = depot.add_locked(slab, static_cast<std::uint32_t>(bytes / (size_class * kFrameGrain)));
  }
  if (is_whole) put_into_store(slab);
}

std::size_t resident_slab_bytes() noexcept {
  Locked locked(store.lock);
  return store.resident * kSlabBytes;
}

}  // namespace corokit::detail
