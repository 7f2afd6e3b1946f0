#pragma once
#include <vector>

namespace corokit::model {

/// Makes a finding of what would end the process: a signal, or an exception that nobody catches. One at a time exists.
class Crashes {
 public:
  Crashes();
  Crashes(const Crashes&) = delete;
  Crashes& operator=(const Crashes&) = delete;
  ~Crashes();

 private:
  std::vector<char> stack_;
};

}  // namespace corokit::model
