#include "arena.hpp"

#include <algorithm>
#include <cstring>

namespace corokit::model {
namespace {

constexpr std::size_t kGap = 16;  // between blocks: it belongs to none
constexpr int kGarbage = 0xaa;    // what new memory holds, the same in each schedule

}  // namespace

std::size_t Arena::freed_one(std::size_t size) const noexcept {
  for (std::size_t i = blocks_.size(); i > kept_; --i)
    if (blocks_[i - 1].freed && blocks_[i - 1].size == size) return i - 1;
  return blocks_.size();
}

std::size_t Arena::first_freed(std::size_t size, std::size_t alignment) noexcept {
  const auto fits = [&](const Block& block) {
    return block.freed && block.size == size &&
           reinterpret_cast<std::uintptr_t>(block.begin) % alignment == 0;
  };
  for (std::size_t i = kept_; i < blocks_.size(); ++i) {
    looked_at_ = looked_at_ + 1 < blocks_.size() ? looked_at_ + 1 : kept_;
    if (fits(blocks_[looked_at_])) return looked_at_;
  }
  return blocks_.size();
}

Block* Arena::allocate(std::size_t size, std::size_t alignment, const void* code, bool used_again) {
  const auto at = reinterpret_cast<std::uintptr_t>(next_) + kGap;
  const std::size_t padding = (alignment - at % alignment) % alignment;
  const auto room = static_cast<std::size_t>(end_ - next_);
  const bool fits = size < room && kGap + padding + size <= room;
  if (used_again || !fits) {
    const std::size_t i = used_again ? freed_one(size) : first_freed(size, alignment);
    if (i == blocks_.size()) return nullptr;
    Block& block = blocks_[i];
    block = {block.begin, size, code, nullptr, false, true};
    std::memset(block.begin, kGarbage, size);
    return &block;
  }
  std::byte* const begin = next_ + kGap + padding;
  next_ = std::min(end_, begin + (size + 15) / 16 * 16);
  std::memset(begin, kGarbage, size);
  return &blocks_.emplace_back(Block{begin, size, code, nullptr, false, false});
}

Block* Arena::holding(const void* address) noexcept {
  const auto* const at = static_cast<const std::byte*>(address);
  const auto after = std::ranges::upper_bound(blocks_, at, {}, &Block::begin);
  if (after == blocks_.begin()) return nullptr;
  Block& block = *(after - 1);
  return at < block.begin + std::max<std::size_t>(block.size, 1) ? &block : nullptr;
}

Block* Arena::find(const void* address) noexcept {
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
  looked_at_ = 0;
  std::ranges::copy(kept_blocks_, blocks_.begin());
  std::ranges::copy(contents_, begin_);
  next_ = begin_ + contents_.size();
}

}  // namespace corokit::model
