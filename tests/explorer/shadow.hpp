#pragma once
#include "clocks.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace corokit::model {

/// An access to some of the 8 bytes of a granule.
struct Access {
  enum class Kind : std::uint8_t { read, write, atomic_read, atomic_write, freed };

  const void* code;
  std::uint32_t time;   // of its thread
  std::uint32_t event;  // which one of the schedule it is
  std::uint32_t next;   // another one to the same granule; 0: none
  std::uint8_t bytes;   // a bit for each
  std::uint8_t thread;
  Kind kind;

  bool is_atomic() const noexcept { return kind == Kind::atomic_read || kind == Kind::atomic_write; }
  bool is_read() const noexcept { return kind == Kind::read || kind == Kind::atomic_read; }
};

/// What is known of 8 bytes of memory: the last accesses to each of them, and the atomic objects in them.
struct Granule {
  std::uint64_t schedule = 0;  // in which the rest is valid
  std::uint32_t accesses = 0;
  std::uint32_t locations = 0;
};

/// The accesses to plain memory: each two of them, of which one writes, must be ordered, unless both are atomic.
///
/// Of each byte those accesses are kept that a later one could conflict with: an access that is ordered after another
/// one, and conflicts with all that the other one conflicts with, takes its place.
/// Source: the vector clocks of FastTrack (C. Flanagan and S. Freund), and a shadow like that of ThreadSanitizer.
class Shadow {
 public:
  /// Forgets everything: another schedule begins.
  void clear() noexcept;
  /// Makes a granule of an earlier schedule an empty one.
  Granule& fresh(Granule& granule) const noexcept {
    if (granule.schedule != schedule_) granule = {schedule_, 0, 0};
    return granule;
  }

  /// Notes an access. Returns: one that it conflicts with; null if there is none.
  const Access* access(Granule& granule, std::uint8_t bytes, Access::Kind kind, const ThreadView& view,
                       const void* code, std::uint32_t event);
  /// Notes that memory is freed: begin_free(), then free() for each of its granules.
  std::uint32_t begin_free(const ThreadView& view, const void* code, std::uint32_t event);
  /// Returns: an access that is not ordered before that; null if there is none.
  const Access* free(Granule& granule, std::uint32_t freed, const ThreadView& view);
  /// Notes that a block which was freed is allocated again; `first` is its first granule, and all of them are cleared.
  void use_again(const Granule& first) noexcept;
  /// Returns: whether nothing is known of a granule in this schedule, so that nothing can conflict with an access to it
  /// if there is only one thread.
  bool is_untouched(const Granule& granule) const noexcept {
    return granule.schedule != schedule_ || (granule.accesses | granule.locations) == 0;
  }

 private:
  std::uint32_t add(const Access& access);

  std::vector<Access> accesses_ = std::vector<Access>(1);  // number 0 is none
  std::uint32_t spare_ = 0;
  std::uint64_t schedule_ = 1;
};

}  // namespace corokit::model
