#pragma once
#include <corokit/detail/executor/link.hpp>
#include <corokit/io/descriptor.hpp>

#include <cstdint>
#include <memory>
#include <thread>

namespace corokit::detail {

/// A thread that prints a dump of a runtime on stderr for each signal of a kind. It is no thread of the
/// runtime: it prints even if all of those are stuck.
class SignalDumper {
 public:
  /// `kind`: one that can_be_handled(). Throws: std::system_error if the system gives no descriptor, or no
  /// thread.
  SignalDumper(std::shared_ptr<RuntimeLink> link, int kind);
  SignalDumper(const SignalDumper&) = delete;
  SignalDumper& operator=(const SignalDumper&) = delete;
  ~SignalDumper();

 private:
  void serve();
  void print() const;

  const std::shared_ptr<RuntimeLink> link_;
  const int kind_;
  io::Descriptor bell_;
  io::Descriptor stop_;  // an eventfd
  io::Descriptor events_;
  std::uint64_t seen_ = 0;  // of the signals; belongs to the thread
  std::thread thread_;
};

}  // namespace corokit::detail
