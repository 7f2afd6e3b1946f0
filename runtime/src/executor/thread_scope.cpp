#include "thread_scope.hpp"

#include <pthread.h>
#include <string>

namespace corokit::detail {

ThreadScope::ThreadScope(const ExecutorOptions& options, std::size_t index) noexcept : options_(options) {
  if (options_.thread_name) {
    constexpr std::size_t kMostCharacters = 15;  // the system refuses a longer name
    const std::string name = options_.thread_name(index).substr(0, kMostCharacters);
    ::pthread_setname_np(::pthread_self(), name.c_str());
  }
  if (options_.on_thread_start) options_.on_thread_start();
}

ThreadScope::~ThreadScope() {
  if (options_.on_thread_stop) options_.on_thread_stop();
}

}  // namespace corokit::detail
