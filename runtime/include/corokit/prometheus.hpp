#pragma once
#include <corokit/metrics.hpp>

#include <string>

namespace corokit {

/// Writes the metrics of a runtime as Prometheus reads them: version 0.0.4 of its text format.
///
///     reply.body = to_prometheus(runtime.metrics());   // Content-Type: text/plain; version=0.0.4
///
///     # HELP corokit_alive_tasks Tasks that are not over.
///     # TYPE corokit_alive_tasks gauge
///     corokit_alive_tasks 3
///     # HELP corokit_worker_turns_total Runs of a task, each until the task could not go on.
///     # TYPE corokit_worker_turns_total counter
///     corokit_worker_turns_total{worker="0"} 1204
///
/// A name begins with corokit_, and says what is counted; that of a count which only grows ends in _total. A number of
/// one worker has the label `worker`, the index in RuntimeMetrics::workers.
///
/// Returns: the text, which ends with the end of a line.
/// Throws: std::bad_alloc.
/// Thread-safety: may be called at once from any thread.
/// Complexity: O(workers).
std::string to_prometheus(const RuntimeMetrics& metrics);

}  // namespace corokit
