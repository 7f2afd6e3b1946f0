#include "timeline.hpp"

#include <utility>

namespace corokit::specified {

void Timeline::begin(Instant beginning) {
  const std::lock_guard lock(mutex_);
  beginning_ = beginning;
  first_.clear();
  last_.clear();
  left_out_ = 0;
  if (listener_) listener_->began(beginning);
}

void Timeline::add(std::string task, std::string event) {
  const std::lock_guard lock(mutex_);
  Event added{beginning_ ? now() - *beginning_ : Duration(0), std::move(task), std::move(event)};
  if (listener_) listener_->happened(added);
  if (first_.size() < kFirst) {
    first_.push_back(std::move(added));
    return;
  }
  last_.push_back(std::move(added));
  if (last_.size() <= kLast) return;
  last_.pop_front();
  ++left_out_;
}

std::vector<Timeline::Event> Timeline::events() const {
  const std::lock_guard lock(mutex_);
  std::vector<Event> all = first_;
  if (left_out_ > 0)
    all.push_back({last_.front().time, "", std::to_string(left_out_) + " events are left out"});
  all.insert(all.end(), last_.begin(), last_.end());
  return all;
}

}  // namespace corokit::specified
