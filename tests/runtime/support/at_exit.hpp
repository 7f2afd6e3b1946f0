#pragma once

namespace corokit::test {

/// Calls a function in its destructor.
template <class F>
class AtExit {
 public:
  explicit AtExit(F function) : function_(function) {}
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;
  ~AtExit() { function_(); }

 private:
  F function_;
};

}  // namespace corokit::test
