#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/io/io_driver.hpp>
#include <corokit/detail/io/io_provider.hpp>

#include <stdexcept>
#include <string>

namespace corokit::detail {

IoDriver& DrivesIo::io() {
  if (IoDriver* driver = io_if_any()) return *driver;
  {
    const Locked locked(io_lock_);
    if (io_owner_) return *io_owner_;
    io_owner_ = IoDriver::make();
    if (io_ended_) io_owner_->end();  // a thread that entered the runtime may ask after the end of the tasks
    io_.store(io_owner_.get(), std::memory_order_seq_cst);
  }
  io_began();
  return *io_owner_;
}

void DrivesIo::end_io() noexcept {
  {
    const Locked locked(io_lock_);
    io_ended_ = true;
  }
  if (IoDriver* driver = io_if_any()) driver->end();
}

IoProvider& current_io(const char* call) {
  // Only who opens something comes here, so the cast costs nothing that counts.
  if (auto* provider = dynamic_cast<IoProvider*>(&current_scheduler(call))) return *provider;
  throw std::logic_error(std::string("corokit: ") + call + " was called on an executor without I/O");
}

}  // namespace corokit::detail
