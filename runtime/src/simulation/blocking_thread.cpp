#include "blocking_thread.hpp"

#include "schedule.hpp"

#include <optional>

namespace corokit::sim {
namespace {

void sleep_until_woken(detail::Parker& parker) noexcept {
  while (!parker.park(-1)) {  // a signal may end it early
  }
}

}  // namespace

BlockingThread::BlockingThread(const detail::Context& context, explorer::Schedule* schedule)
    : schedule_(schedule) {
  if (schedule_) schedule_->has_threads = true;
  context_.scheduler = context.scheduler;
  context_.virtual_now = context.virtual_now;  // and no timers: the thread may block
  context_.thread = this;
  thread_ = std::thread([this] { work(); });
}

BlockingThread::~BlockingThread() {
  ends_ = true;
  job_may_run_.unpark();
  thread_.join();
}

void BlockingThread::work() {
  const detail::EnterContext entered(context_);
  std::optional<explorer::EnterSchedule> entered_schedule;
  if (schedule_) entered_schedule.emplace(*schedule_);
  for (;;) {
    sleep_until_woken(job_may_run_);
    if (ends_) return;
    job_->run(*job_, false);
    job_ = nullptr;
    simulation_may_run_.unpark();
  }
}

bool BlockingThread::run_job(detail::BlockingJob& job) {
  job_ = &job;
  return go_on();
}

bool BlockingThread::go_on() {
  job_may_run_.unpark();
  sleep_until_woken(simulation_may_run_);
  return job_ == nullptr;
}

BlockingThread& BlockingThread::current() noexcept {
  return *static_cast<JobContext*>(detail::current_context())->thread;
}

void BlockingThread::wait() noexcept {
  simulation_may_run_.unpark();
  sleep_until_woken(job_may_run_);
}

}  // namespace corokit::sim
