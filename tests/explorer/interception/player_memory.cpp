// How a player answers the accesses of a program to memory.
#include <algorithm>
#include <string>

#include "player.hpp"

namespace corokit::model {

/// What was an atomic object is written as plain memory: it is another object from now on.
void Player::forget(Granule& cell, const void* address, std::size_t size) {
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  std::uint32_t* link = &cell.locations;
  while (*link != 0) {
    Location& location = engine.memory[*link];
    const auto other = reinterpret_cast<std::uintptr_t>(location.address);
    if (begin < other + location.size && other < begin + size)
      *link = location.next;
    else
      link = &location.next;
  }
}

/// The thread may wait for plain memory to change: that has to happen, so that the race is seen.
void Player::plain_loop(const void* code) {
  accesses_ = 0;
  if (!engine.threads.run_next(code)) return;
  spins().news();
}

/// There is nobody else who could change anything, so this has to end some time.
void Player::work_alone(std::size_t work, const void* code) {
  work_ += work;
  if (work_ < kWorkAlone) return;
  engine.threads.fail("a livelock: " + lane_name(0) + " goes on" + at(code) +
                      ", with much work that comes to no end");
}

void Player::access(const void* address, std::size_t size, Access::Kind kind, const void* code) {
  Granule* cell = granule(address);
  if (!cell) return;
  if (engine.threads.count() == 1)
    work_alone(1, code);
  else if (++accesses_ > kAccesses)
    plain_loop(code);
  const std::uint32_t event = engine.next_event();
  if (engine.recorder.on()) engine.recorder.access(engine.threads, code, event, kind, address, size);
  auto at = reinterpret_cast<std::uintptr_t>(address);
  const std::uintptr_t end = at + size;
  while (at < end) {
    const std::size_t first = at % 8;
    const std::size_t count = std::min(8 - first, end - at);
    const auto bytes = static_cast<std::uint8_t>(((1U << count) - 1) << first);
    if (const Access* other = engine.shadow.access(*cell, bytes, kind, engine.threads.view(), code, event))
      engine.conflict(*other, kind, address, size, code, event);
    if (kind == Access::Kind::write && cell->locations != 0) forget(*cell, address, size);
    at += count;
    ++cell;
  }
}

std::uint32_t Player::location(Granule& cell, const void* address, std::size_t size) {
  for (std::uint32_t i = cell.locations; i != 0; i = engine.memory[i].next)
    if (engine.memory[i].address == address && engine.memory[i].size == size) return i;
  Word value = 0;
  std::memcpy(&value, address, size);
  const std::uint32_t number = engine.memory.add(address, static_cast<std::uint8_t>(size), value);
  engine.memory[number].next = cell.locations;
  return cell.locations = number;
}

Granule& Player::check(const void* address, std::size_t size, Access::Kind kind, const void* code,
                       std::uint32_t event) {
  Granule* const cell = granule(address);
  const auto first = reinterpret_cast<std::uintptr_t>(address) % 8;
  const auto bytes = static_cast<std::uint8_t>(size >= 8 ? 0xff : ((1U << size) - 1) << first);
  for (std::size_t i = 0; i < (size + 7) / 8; ++i)
    if (const Access* other = engine.shadow.access(cell[i], bytes, kind, engine.threads.view(), code, event))
      engine.conflict(*other, kind, address, size, code, event);
  return *cell;
}

std::uint32_t Player::atomic(const void* address, std::size_t size, Access::Kind kind, const void* code,
                             std::uint32_t event) {
  return location(check(address, size, kind, code, event), address, size);
}

Word Player::load(const void* address, std::size_t size, std::memory_order order, const void* code) {
  ++counts.atomic_operations;
  point(code, address);
  const std::uint32_t event = engine.next_event();
  const std::uint32_t location = atomic(address, size, Access::Kind::atomic_read, code, event);
  const Word value = engine.load(location, {"load", order, code, event});
  done(code, address, value, false);
  return value;
}

void Player::store(void* address, std::size_t size, Word value, std::memory_order order, const void* code) {
  ++counts.atomic_operations;
  point(code, address);
  const std::uint32_t event = engine.next_event();
  const std::uint32_t location = atomic(address, size, Access::Kind::atomic_write, code, event);
  const bool changed = engine.memory.newest(location).value != value;
  engine.store(location, value, {"store", order, code, event});
  std::memcpy(address, &value, size);
  done(code, address, value, changed);
}

void Player::fence(std::memory_order order, const void* code) {
  ++counts.atomic_operations;
  engine.threads.point(code);
  engine.fence({"fence", order, code, engine.next_event()});
  done(code, nullptr, 0, false);
}

bool Player::used_again(std::size_t size) {
  if (used_again_ == 0 || engine.threads.count() == 1 || !arena_.has_freed(size)) return false;
  if (used_again_ < 0) used_again_ = engine.threads.choices().next(explorer::Kind::branch, 2) != 0;
  return used_again_ != 0;
}

void* Player::allocate(std::size_t size, std::size_t alignment, const void* code) {
  ++counts.allocations;
  if (played_ && engine.threads.count() == 1) work_alone(kWorkOfAllocation, code);
  Block* const block = arena_.allocate(size, alignment, code, played_ && used_again(size));
  if (!block) return nullptr;
  if (!played_ || !block->used_again) return block->begin;
  engine.shadow.use_again(*granule(block->begin));
  for (std::size_t i = 0; i < size; i += 8) *granule(block->begin + i) = {};
  return block->begin;
}

bool Player::free(void* memory, const void* code) {
  if (!owns(memory)) return false;
  Block* const block = arena_.find(memory);
  if (!played_) return true;
  if (!block) engine.threads.fail("a crash: what is freed" + at(code) + " is no block that was allocated");
  const std::uint32_t event = engine.next_event();
  if (block->freed)
    engine.threads.fail("a double free: a block of " + std::to_string(block->size) + " bytes that was freed" +
                        at(block->freed_by) + " is freed again" + at(code));
  arena_.free(*block, code);
  engine.recorder.access(engine.threads, code, event, Access::Kind::freed, memory, block->size);
  const std::uint32_t freed = engine.shadow.begin_free(engine.threads.view(), code, event);
  for (std::size_t i = 0; i < block->size; i += 8)
    if (const Access* other = engine.shadow.free(*granule(block->begin + i), freed, engine.threads.view()))
      engine.conflict(*other, Access::Kind::freed, block->begin, block->size, code, event);
  return true;
}

std::size_t Player::size_of(const void* memory) noexcept {
  const Block* const block = arena_.find(memory);
  return block ? block->size : 0;
}

}  // namespace corokit::model
