#pragma once
#include <corokit/detail/executor/options.hpp>

#include <cstddef>

namespace corokit::detail {

/// What a runtime does around the work of each of its threads: it names the thread, and calls the hooks of
/// RuntimeBuilder.
class [[nodiscard]] ThreadScope {
 public:
  /// `index`: see RuntimeBuilder::thread_name().
  ThreadScope(const ExecutorOptions& options, std::size_t index) noexcept;
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;
  ~ThreadScope();

 private:
  const ExecutorOptions& options_;
};

}  // namespace corokit::detail
