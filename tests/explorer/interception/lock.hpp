#pragma once
#include <cstddef>
#include <cstdint>

#include "explorer/clocks.hpp"
#include "explorer/threads.hpp"

namespace corokit::model {

/// What the program keeps in a lock of the C library, for us: the lock itself is not used.
struct Lock {
  Knowledge released;
  Knowledge read_released;  // by those that only read
  const void* address = nullptr;
  const void* taken_by = nullptr;
  std::uint32_t depth = 0;  // how often its owner holds it
  std::size_t owner = kThreads;
  ThreadSet readers = 0;
};

}  // namespace corokit::model
