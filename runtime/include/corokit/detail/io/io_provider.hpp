#pragma once
#include <corokit/detail/sync/lock.hpp>

#include <memory>

namespace corokit::detail {

class IoDriver;
class VirtualNetwork;

/// What an executor is as well, if descriptors or sockets can be used in its tasks.
class IoProvider {
 public:
  /// Returns: what watches descriptors for the tasks of this executor. It is made when it is first asked for.
  /// Throws: std::system_error if the system gives no descriptors; std::logic_error in a simulation.
  virtual IoDriver& io() = 0;
  /// Returns: the network of a simulation; null where sockets are the system's.
  virtual VirtualNetwork* network() { return nullptr; }

 protected:
  ~IoProvider() = default;
};

/// An IoProvider with a driver, for an executor whose threads poll it.
class DrivesIo : public IoProvider {
 public:
  IoDriver& io() final;

 protected:
  DrivesIo() noexcept = default;
  ~DrivesIo() = default;

  /// Called once the driver is there. From now on a thread without work is to wait in its poll().
  virtual void io_began() noexcept = 0;
  /// Returns: the driver; null before there is one. Sequentially consistent: see io_began() of the executors.
  IoDriver* io_if_any() const noexcept { return io_.load(std::memory_order_seq_cst); }
  /// Ends all waits for descriptors, and those that begin later.
  void end_io() noexcept;

 private:
  Lock io_lock_;
  std::shared_ptr<IoDriver> io_owner_;  // guarded by io_lock_; set once
  bool io_ended_ = false;               // guarded by io_lock_
  Atomic<IoDriver*> io_{nullptr};
};

/// Returns: that of the calling thread's runtime or simulation. `call` names the caller in a message.
/// Throws: std::logic_error outside of a runtime.
IoProvider& current_io(const char* call);

}  // namespace corokit::detail
