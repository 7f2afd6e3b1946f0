#pragma once
// The threads of workers, which a model build runs as fibers: see detail/sync/atomic.hpp.
#ifdef COROKIT_MODEL
#include <explorer/seam.hpp>
#else
#include <thread>
#endif

namespace corokit::detail {

#ifdef COROKIT_MODEL
using Thread = model::Thread;
#else
using Thread = std::thread;
#endif

}  // namespace corokit::detail
