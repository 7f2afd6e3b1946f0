#include "jobs.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace corokit::moulinette {

bool run_jobs(std::vector<Job> jobs, std::size_t at_once, Interrupt& interrupt, const JobEnded& ended) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr error;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < at_once; ++i)
    threads.emplace_back([&] {
      for (;;) {
        const std::size_t mine = next++;
        if (mine >= jobs.size() || interrupt.requested()) return;
        try {
          jobs[mine].work();
        } catch (...) {
          std::lock_guard lock(mutex);
          error = std::current_exception();
        }
        std::lock_guard lock(mutex);
        ended(jobs[mine].name);
      }
    });
  threads.clear();
  if (error) std::rethrow_exception(error);
  return !interrupt.requested();
}

}  // namespace corokit::moulinette
