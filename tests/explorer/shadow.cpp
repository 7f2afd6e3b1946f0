#include "shadow.hpp"

namespace corokit::model {
namespace {

using Kind = Access::Kind;

constexpr unsigned bit(Kind kind) {
  return 1U << static_cast<unsigned>(kind);
}

/// With accesses of which kinds one of `kind` conflicts, unless it is ordered.
constexpr unsigned conflicts(Kind kind) {
  switch (kind) {
    case Kind::read:
      return bit(Kind::write) | bit(Kind::atomic_write) | bit(Kind::freed);
    case Kind::atomic_read:
      return bit(Kind::write) | bit(Kind::freed);
    case Kind::atomic_write:
      return bit(Kind::read) | bit(Kind::write) | bit(Kind::freed);
    case Kind::write:
    case Kind::freed:
      break;
  }
  return ~0U;
}

/// Whether all that conflicts with an access of kind `earlier` conflicts with one of kind `later`.
constexpr bool covers(Kind later, Kind earlier) {
  return (conflicts(earlier) & ~conflicts(later)) == 0;
}

}  // namespace

void Shadow::clear() noexcept {
  ++schedule_;
  accesses_.resize(1);
  spare_ = 0;
}

const Access* Shadow::access(Granule& granule, std::uint8_t bytes, Kind kind, const ThreadView& view,
                             const void* code, std::uint32_t event) {
  fresh(granule);
  const std::uint32_t time = view.time();
  std::uint32_t* link = &granule.accesses;
  while (*link != 0) {
    Access& other = accesses_[*link];
    if ((other.bytes & bytes) == 0) {
      link = &other.next;
      continue;
    }
    const bool ordered = other.time <= view.now.ordered[other.thread];
    if (other.kind == Kind::freed) return &other;
    if (!ordered && (conflicts(kind) & bit(other.kind)) != 0) return &other;
    if (ordered && covers(kind, other.kind)) other.bytes &= static_cast<std::uint8_t>(~bytes);
    if (other.bytes != 0) {
      link = &other.next;
      continue;
    }
    const std::uint32_t gone = *link;
    *link = other.next;
    other.next = spare_;
    spare_ = gone;
  }
  granule.accesses =
      add({code, time, event, granule.accesses, bytes, static_cast<std::uint8_t>(view.thread), kind});
  return nullptr;
}

std::uint32_t Shadow::add(const Access& access) {
  const std::uint32_t number = spare_ != 0 ? spare_ : static_cast<std::uint32_t>(accesses_.size());
  if (spare_ != 0)
    spare_ = accesses_[number].next;
  else
    accesses_.emplace_back();
  accesses_[number] = access;
  return number;
}

std::uint32_t Shadow::begin_free(const ThreadView& view, const void* code, std::uint32_t event) {
  return add({code, view.time(), event, 0, 0xff, static_cast<std::uint8_t>(view.thread), Kind::freed});
}

void Shadow::use_again(const Granule& first) noexcept {
  if (first.schedule != schedule_ || first.accesses == 0) return;
  accesses_[first.accesses].next = spare_;
  spare_ = first.accesses;
}

const Access* Shadow::free(Granule& granule, std::uint32_t freed, const ThreadView& view) {
  for (std::uint32_t i = fresh(granule).accesses; i != 0; i = accesses_[i].next)
    if (accesses_[i].time > view.now.ordered[accesses_[i].thread]) return &accesses_[i];
  granule = {schedule_, freed, 0};
  return nullptr;
}

}  // namespace corokit::model
