#pragma once
#include "process/interrupt.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace corokit::moulinette {

/// The result of a job: empty until the job has ended. It stays empty if the job never ran.
template <class T>
class JobResult {
 public:
  JobResult() = default;

  explicit operator bool() const noexcept { return value_ && value_->has_value(); }
  const T& operator*() const { return **value_; }
  const T* operator->() const { return &**value_; }
  /// Returns: the result, or a default-constructed value if there is none.
  T value_or_default() const { return *this ? **this : T(); }

 private:
  friend class Jobs;
  std::shared_ptr<std::optional<T>> value_;  // shared with the job, which writes it once
};

/// Called with the name of each job when it ends.
using JobEnded = std::function<void(const std::string& name)>;

/// Pieces of work that block a thread, such as compiling or running a process, and return values.
class Jobs {
 public:
  /// Adds a job, which is a copyable function without arguments.
  ///
  /// Returns: the place of its result, to be read once run() has returned.
  template <class Work>
  JobResult<std::invoke_result_t<Work&>> add(std::string name, Work work) {
    JobResult<std::invoke_result_t<Work&>> result;
    result.value_ = std::make_shared<std::optional<std::invoke_result_t<Work&>>>();
    jobs_.push_back({std::move(name), [work = std::move(work), value = result.value_] { *value = work(); }});
    return result;
  }

  std::size_t size() const noexcept { return jobs_.size(); }

  /// Runs all jobs as tasks of a MatrixOrchestrator, started in the order in which they were added, at most
  /// `at_once` at a time. An exception of a job is rethrown once the others have ended.
  ///
  /// Returns: false if the interrupt came first; then some jobs may never have run.
  bool run(std::size_t at_once, Interrupt& interrupt, const JobEnded& ended) const;

 private:
  struct Job {
    std::string name;
    std::function<void()> work;
  };

  std::vector<Job> jobs_;
};

}  // namespace corokit::moulinette
