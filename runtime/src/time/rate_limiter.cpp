#include <corokit/time/rate_limiter.hpp>

#include <algorithm>
#include <stdexcept>

namespace corokit {

using detail::Locked;

namespace {

std::uint64_t checked_period(Duration period) {
  if (period <= Duration(0))
    throw std::invalid_argument("corokit: the period of a RateLimiter must be positive");
  return static_cast<std::uint64_t>(period.count());
}

std::uint64_t positive(std::uint64_t count) {
  if (count == 0)
    throw std::invalid_argument("corokit: a RateLimiter needs a rate and a burst that are not 0");
  return count;
}

}  // namespace

RateLimiter::RateLimiter(std::uint64_t rate, AnyDuration period, std::uint64_t burst)
    : rate_(positive(rate)),
      period_(checked_period(period)),
      burst_(positive(burst)),
      level_(in_parts(burst)) {}

detail::RateLimitAwaiter RateLimiter::acquire(std::uint64_t tokens) {
  check(tokens);
  return detail::RateLimitAwaiter(*this, tokens);
}

bool RateLimiter::try_acquire(std::uint64_t tokens) {
  check(tokens);
  return try_take(tokens);
}

std::uint64_t RateLimiter::available() noexcept {
  const Locked locked(lock_);
  fill_locked(locked);
  return std::min(burst_, static_cast<std::uint64_t>(level_ / period_));
}

void RateLimiter::check(std::uint64_t tokens) const {
  if (tokens > burst_)
    throw std::invalid_argument("corokit: more tokens were asked for than the burst of the RateLimiter");
}

bool RateLimiter::try_take(std::uint64_t tokens) noexcept {
  if (tokens == 0) return true;
  const Locked locked(lock_);
  // The head of the queue keeps its permit until it has its tokens. One that comes at this moment comes after this
  // call.
  return turn_.available_permits() != 0 && !take_locked(tokens, locked);
}

std::optional<Instant> RateLimiter::take(std::uint64_t tokens) noexcept {
  const Locked locked(lock_);
  return take_locked(tokens, locked);
}

void RateLimiter::give_back(std::uint64_t tokens) noexcept {
  const Locked locked(lock_);
  fill_locked(locked);
  const Parts full = in_parts(burst_);
  if (level_ < full) level_ = std::min(full, level_ + in_parts(tokens));
}

std::optional<Instant> RateLimiter::take_locked(std::uint64_t tokens, const Locked& locked) noexcept {
  fill_locked(locked);
  const Parts wanted = in_parts(tokens);
  if (wanted <= level_) {
    level_ -= wanted;
    return std::nullopt;
  }
  const Parts wait = (wanted - level_ - 1) / rate_ + 1;  // rounded up
  constexpr auto kLongest = static_cast<Parts>(Duration::max().count());
  return detail::saturating_add(filled_, Duration(static_cast<Duration::rep>(std::min(wait, kLongest))));
}

void RateLimiter::fill_locked(const Locked&) noexcept {
  const Parts full = in_parts(burst_);
  // A timer wakes the head of the queue up to a nanosecond after its last token has come. What comes in the rest of
  // that nanosecond is not lost, though the bucket may be full: otherwise the roundings would add up.
  const Parts most = full + (turn_.available_permits() == 0 ? rate_ - 1 : 0);
  const Instant time = Clock::now();
  if (level_ >= full) {
    level_ = std::min(level_, most);
  } else if (time <= filled_) {
    return;
  } else {
    // Two times may be further apart than Duration can say. The product of two numbers of 64 bits has 128.
    const std::uint64_t passed = static_cast<std::uint64_t>(time.time_since_epoch().count()) -
                                 static_cast<std::uint64_t>(filled_.time_since_epoch().count());
    const Parts more = Parts{passed} * rate_;
    level_ = more >= most - level_ ? most : level_ + more;
  }
  filled_ = time;
}

namespace detail {

RateLimitAwaiter::Step RateLimitAwaiter::begin_some() {
  if (turn().budget == 0) return Step::gives_way;
  if (limiter_.try_take(tokens_)) {
    turn().spend();
    took_ = true;
    return Step::over;
  }
  turn_.emplace(limiter_.turn_.acquire());
  const bool is_head = turn_->begin<&on_turn>(branch(), this);
  return is_head && look() ? Step::over : Step::waits;
}

bool RateLimitAwaiter::look() {
  for (;;) {
    timer_.reset();
    const std::optional<Instant> later = limiter_.take(tokens_);
    if (!later) {
      took_ = true;
      turn_.reset();
      return true;
    }
    timer_.emplace(SleepAwaiter(*later));
    if (!timer_->begin<&on_timer>(branch(), this)) return false;
  }
}

void RateLimitAwaiter::on_turn(ChildBranch& branch) {
  auto& head = static_cast<Turn&>(branch);
  head.mark_done();
  auto& self = head.owner<RateLimitAwaiter>();
  if (self.look()) self.wake();
}

void RateLimitAwaiter::on_timer(ChildBranch& branch) {
  auto& timer = static_cast<Timer&>(branch);
  timer.mark_done();
  auto& self = timer.owner<RateLimitAwaiter>();
  if (self.look()) self.wake();
}

}  // namespace detail
}  // namespace corokit
