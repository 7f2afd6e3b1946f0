#pragma once
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>

#include <cstddef>
#include <exception>

namespace corokit::bench {

/// Calls work(0) to work(count - 1) on all processors.
///
/// Throws: what escaped one of the calls, after all of them are over.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
  const auto one = [](const Work* call, std::size_t index) -> Task<void> {
    (*call)(index);
    co_return;
  };
  const auto all = [](auto make, const Work* call, std::size_t calls) -> Task<std::exception_ptr> {
    JoinSet<void> members;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < calls; ++i) members.spawn(make(call, i));
    while (auto member = co_await members.join_next())
      if (!*member) failure = member->error().exception();
    co_return failure;
  };
  Runtime runtime = Runtime::multi_thread();
  if (const std::exception_ptr failure = runtime.block_on(all(one, &work, count)))
    std::rethrow_exception(failure);
}

}  // namespace corokit::bench
