#include <corokit/detail/io/io_driver.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <deque>
#include <new>

namespace corokit::detail {
namespace {

std::uint32_t readiness_of(std::uint32_t events) noexcept {
  std::uint32_t bits = 0;
  if (events & (EPOLLIN | EPOLLPRI)) bits |= Readiness::kReadable;
  if (events & EPOLLOUT) bits |= Readiness::kWritable;
  if (events & EPOLLRDHUP) bits |= Readiness::kReadable | Readiness::kReadClosed;
  if (events & EPOLLHUP)
    bits |= Readiness::kReadable | Readiness::kWritable | Readiness::kReadClosed | Readiness::kWriteClosed;
  if (events & EPOLLERR) bits |= Readiness::kReadable | Readiness::kWritable | Readiness::kError;
  return bits;
}

/// Waits with the precision of nanoseconds, where the kernel has that, else of milliseconds, rounded up.
int wait_for_events(int epoll, epoll_event* events, int room, std::int64_t timeout_ns) noexcept {
  static std::atomic<bool> has_precise{true};
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (timeout_ns > 0 && has_precise.load(std::memory_order_relaxed)) {
    const timespec limit{timeout_ns / kSecond, timeout_ns % kSecond};
    const int count = ::epoll_pwait2(epoll, events, room, &limit, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
    has_precise.store(false, std::memory_order_relaxed);
  }
  constexpr std::int64_t kMillisecond = 1'000'000;
  const std::int64_t rounded = (timeout_ns + kMillisecond - 1) / kMillisecond;
  const int limit = timeout_ns < 0 ? -1 : static_cast<int>(rounded < INT_MAX ? rounded : INT_MAX);
  return ::epoll_wait(epoll, events, room, limit);
}

}  // namespace

struct IoDriver::Place : IoSource {
  using IoSource::IoSource;
  std::uint32_t index = 0;
};

struct IoDriver::Chunk {
  explicit Chunk(IoDriver& owner) {
    for (std::size_t i = 0; i < kChunk; ++i) places.emplace_back(&owner);
  }
  std::deque<Place> places;
};

struct IoDriver::Events {
  std::array<epoll_event, 256> events;
};

std::shared_ptr<IoDriver> IoDriver::make() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::system_category(), "corokit: epoll_create1");
  const int waker = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (waker < 0) {
    const int why = errno;
    ::close(epoll);
    throw std::system_error(why, std::system_category(), "corokit: eventfd");
  }
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.u64 = kWakes}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, waker, &event);
  return std::shared_ptr<IoDriver>(new IoDriver(epoll, waker));
}

IoDriver::IoDriver(int epoll, int waker)
    : epoll_(epoll),
      waker_(waker),
      events_(std::make_unique<Events>()),
      chunks_(std::make_unique<Atomic<Chunk*>[]>(kChunks)) {}

IoDriver::~IoDriver() {
  for (std::size_t i = 0; i < kChunks; ++i) {
    Chunk* chunk = chunks_[i].load(std::memory_order_relaxed);  // nobody else uses it any more
    if (!chunk) break;
    delete chunk;
  }
  ::close(waker_);
  ::close(epoll_);
}

IoDriver::Place* IoDriver::place(std::size_t index) noexcept {
  // [chunk] acquire: sees the places of the chunk.
  Chunk* chunk = chunks_[index / kChunk].load(std::memory_order_acquire);
  return &chunk->places[index % kChunk];
}

IoDriver::Place& IoDriver::take_place_locked(const Locked&) {
  if (!free_.empty()) {
    Place& reused = *place(free_.back());
    free_.pop_back();
    return reused;
  }
  if (used_ == kChunk * kChunks) throw std::bad_alloc();
  if (used_ % kChunk == 0) {
    free_.reserve(used_ + kChunk);  // so that remove() needs no memory
    chunks_[used_ / kChunk].store(new Chunk(*this), std::memory_order_release);  // [chunk] release
  }
  Place& fresh = *place(used_);
  fresh.index = static_cast<std::uint32_t>(used_++);
  return fresh;
}

std::shared_ptr<IoSource> IoDriver::add(int descriptor, std::uint32_t assumed, std::error_code& why) {
  Place* taken = nullptr;
  std::uint64_t generation = 0;
  {
    const Locked locked(lock_);
    taken = &take_place_locked(locked);
    generation = taken->reset(ended_ ? Readiness::kEnded : assumed);
  }
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET,
                    .data = {.u64 = generation << 32U | taken->index}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) < 0) {
    why = {errno, std::system_category()};
    const Locked locked(lock_);
    free_.push_back(taken->index);
    return nullptr;
  }
  return {shared_from_this(), taken};
}

void IoDriver::remove(int descriptor, IoSource& source) noexcept {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  auto& left = static_cast<Place&>(source);
  {
    WakeBatch batch;
    left.set(Readiness::kEnded, batch);
  }
  const Locked locked(lock_);
  free_.push_back(left.index);
}

void IoDriver::poll(std::int64_t timeout_ns, WakeBatch& batch) noexcept {
  const int room = static_cast<int>(events_->events.size());
  polls_.store(polls_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const int count = wait_for_events(epoll_, events_->events.data(), room, timeout_ns);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_->events[static_cast<std::size_t>(i)];
    if (event.data.u64 == kWakes) continue;  // edge-triggered: there is no need to read it
    const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32U);
    place(event.data.u64 & 0xffff'ffffU)->set(readiness_of(event.events), generation, batch);
  }
}

bool IoDriver::look(WakeBatch& batch) noexcept {
  if (!role_.begin_look()) return false;
  poll(0, batch);
  return role_.end();
}

void IoDriver::wake() noexcept {
  const std::uint64_t one = 1;
  // It fails only if the counter is full, and then a wake is due already.
  static_cast<void>(::write(waker_, &one, sizeof one));
}

void IoDriver::end() noexcept {
  WakeBatch batch;
  std::size_t used = 0;
  {
    const Locked locked(lock_);
    ended_ = true;
    used = used_;
  }
  for (std::size_t i = 0; i < used; ++i) place(i)->set(Readiness::kEnded, batch);
}

}  // namespace corokit::detail
