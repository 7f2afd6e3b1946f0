#pragma once
#include <corokit/detail/task/task_header.hpp>

#include <cstddef>
#include <deque>

#include "explorer/explore.hpp"

namespace corokit::model {

/// Tasks that threads take from a queue. Each has data that the thread that takes it reads, and a count of how often it was
/// taken.
class TakenTasks {
 public:
  explicit TakenTasks(std::size_t count) : data_(count), taken_(count), headers_(count) {}

  detail::TaskHeader& prepare(std::size_t number) {
    data_[number].set(static_cast<int>(number));
    return headers_[number];
  }
  void take(const detail::TaskHeader* task) {
    if (!task) return;
    std::size_t number = 0;
    while (&headers_[number] != task)
      require(++number < headers_.size(), "a task that is taken is one of those that were pushed");
    require(data_[number].get() == static_cast<int>(number), "the thread that takes a task sees its data");
    taken_[number].set(taken_[number].get() + 1);
  }
  void require_each_taken_once() {
    for (auto& taken : taken_) require(taken.get() == 1, "each task is taken once");
  }

 private:
  std::deque<Plain<int>> data_;
  std::deque<Plain<int>> taken_;
  std::deque<detail::TaskHeader> headers_;
};

}  // namespace corokit::model
