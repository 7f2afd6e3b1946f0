#pragma once
#include <sys/types.h>

namespace corokit::io::detail {

/// Takes over a child process that nobody waits for any more: it is reaped once it has ended, at the latest by the next
/// call of one of these. Thread-safety: may be called at once from any thread.
void reap_later(pid_t id) noexcept;
void reap_orphans() noexcept;

}  // namespace corokit::io::detail
