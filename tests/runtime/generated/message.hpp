#pragma once
#include "explorer/seam.hpp"

namespace corokit::generated {

/// A message of a channel. The messages that are alive are counted. To use one that another thread has written is a data
/// race, unless that is ordered.
class Message {
 public:
  static inline int alive = 0;

  explicit Message(int value) : value_(value) { ++alive; }
  Message(const Message& other) noexcept : Message(other.value()) {}
  Message(Message&& other) noexcept : Message(other.value()) {}
  Message& operator=(const Message& other) noexcept {
    value_.set(other.value());
    return *this;
  }
  ~Message() { --alive; }

  int value() const noexcept { return value_.get(); }

 private:
  model::Plain<int> value_;
};

}  // namespace corokit::generated
