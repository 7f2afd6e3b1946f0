#include "arena.hpp"

#include <algorithm>
#include <cstring>

namespace corokit::model {
namespace {

constexpr std::size_t kGap = 16;         // between blocks: it belongs to none
constexpr std::size_t kNew = 8U << 20U;  // of new memory in a schedule, before freed blocks are used again
constexpr int kGarbage = 0xaa;           // what new memory holds, the same in each schedule

}  // namespace

/// Returns: the last freed block of the size, or the first one; null if there is none that is aligned.
Block* Arena::use_again(std::size_t size, std::size_t alignment, bool last) noexcept {
  const auto found = freed_.find(size);
  if (found == freed_.end() || found->second.empty()) return nullptr;
  Freed& freed = found->second;
  Block& block = blocks_[last ? freed.blocks.back() : freed.blocks[freed.first]];
  if (reinterpret_cast<std::uintptr_t>(block.begin) % alignment != 0) return nullptr;
  if (last) {
    freed.blocks.pop_back();
    return &block;
  }
  if (++freed.first * 2 > freed.blocks.size()) {
    freed.blocks.erase(freed.blocks.begin(), freed.blocks.begin() + static_cast<std::ptrdiff_t>(freed.first));
    freed.first = 0;
  }
  return &block;
}

Block* Arena::allocate(std::size_t size, std::size_t alignment, const void* code, bool used_again) {
  const auto at = reinterpret_cast<std::uintptr_t>(next_) + kGap;
  const std::size_t padding = (alignment - at % alignment) % alignment;
  const auto room = static_cast<std::size_t>(end_ - next_);
  const bool fits = size < room && kGap + padding + size <= room;
  const bool much = next_ - begin_ > static_cast<std::ptrdiff_t>(contents_.size() + kNew);
  if (used_again || much || !fits) {
    if (Block* const block = use_again(size, alignment, used_again)) {
      *block = {block->begin, size, code, nullptr, false, true};
      std::memset(block->begin, kGarbage, size);
      return block;
    }
    if (!fits) return nullptr;
  }
  std::byte* const begin = next_ + kGap + padding;
  next_ = std::min(end_, begin + (size + 15) / 16 * 16);
  std::memset(begin, kGarbage, size);
  const auto number = static_cast<std::uint32_t>(blocks_.size());
  std::memcpy(begin - sizeof number, &number, sizeof number);  // in the gap: so that find() finds it at once
  return &blocks_.emplace_back(Block{begin, size, code, nullptr, false, false});
}

void Arena::free(Block& block, const void* code) {
  block.freed = true;
  block.freed_by = code;
  const auto number = static_cast<std::size_t>(&block - blocks_.data());
  if (number >= kept_) freed_[block.size].blocks.push_back(static_cast<std::uint32_t>(number));
}

Block* Arena::holding(const void* address) noexcept {
  const auto* const at = static_cast<const std::byte*>(address);
  const auto after = std::ranges::upper_bound(blocks_, at, {}, &Block::begin);
  if (after == blocks_.begin()) return nullptr;
  Block& block = *(after - 1);
  return at < block.begin + std::max<std::size_t>(block.size, 1) ? &block : nullptr;
}

Block* Arena::find(const void* address) noexcept {
  const auto* const at = static_cast<const std::byte*>(address);
  if (at < begin_ + kGap || at > end_) return nullptr;
  std::uint32_t number = 0;
  std::memcpy(&number, at - sizeof number, sizeof number);
  if (number < blocks_.size() && blocks_[number].begin == address) return &blocks_[number];
  Block* const block = holding(address);
  return block && block->begin == address ? block : nullptr;
}

std::vector<const Block*> Arena::unreachable(const std::vector<std::span<const std::byte>>& roots) {
  std::vector<const Block*> left;
  for (std::size_t i = kept_; i < blocks_.size(); ++i)
    if (!blocks_[i].freed) left.push_back(&blocks_[i]);
  if (left.empty()) return left;
  std::vector<bool> reached(blocks_.size());
  std::vector<std::span<const std::byte>> to_look_at = roots;
  for (std::size_t i = 0; i < kept_; ++i) to_look_at.push_back({blocks_[i].begin, blocks_[i].size});
  while (!to_look_at.empty()) {
    const auto memory = to_look_at.back();
    to_look_at.pop_back();
    for (std::size_t i = 0; i + sizeof(void*) <= memory.size(); i += sizeof(void*)) {
      const void* pointer = nullptr;
      std::memcpy(&pointer, memory.data() + i, sizeof pointer);
      const Block* const block = holding(pointer);
      if (!block || block->freed || reached[static_cast<std::size_t>(block - blocks_.data())]) continue;
      reached[static_cast<std::size_t>(block - blocks_.data())] = true;
      to_look_at.push_back({block->begin, block->size});
    }
  }
  std::erase_if(
      left, [&](const Block* block) { return reached[static_cast<std::size_t>(block - blocks_.data())]; });
  return left;
}

void Arena::keep() {
  kept_blocks_ = blocks_;
  kept_ = blocks_.size();
  contents_.assign(begin_, next_);
}

void Arena::clear() noexcept {
  blocks_.resize(kept_);
  for (auto& [size, freed] : freed_) {
    freed.blocks.clear();
    freed.first = 0;
  }
  std::ranges::copy(kept_blocks_, blocks_.begin());
  std::ranges::copy(contents_, begin_);
  next_ = begin_ + contents_.size();
}

}  // namespace corokit::model
