#pragma once
#include <corokit/detail/config.hpp>

#include <chrono>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <type_traits>

namespace corokit {

/// The unit of the runtime's time: nanoseconds in 64 bits, which are 292 years.
using Duration = std::chrono::nanoseconds;

namespace detail {

__extension__ using Int128 = __int128;

/// How many nanoseconds a tick of `Period` is, as a fraction in lowest terms.
template <class Period>
struct NanosecondsOf {
  static constexpr std::intmax_t kCommon = std::gcd(std::nano::den, Period::den);
  static constexpr Int128 kNumerator = Int128{Period::num} * (std::nano::den / kCommon);
  static constexpr Int128 kDenominator = Period::den / kCommon;
};

/// Returns: `ticks` of `Period` as nanoseconds. No step of it overflows: a product of a count that fits and of the
/// numerator is at most 2^63 times the denominator, so it has 127 bits.
template <class Period>
constexpr Duration saturate_integer(Int128 ticks) noexcept {
  using Factor = NanosecondsOf<Period>;
  constexpr Int128 kMost = Duration::max().count() * Factor::kDenominator / Factor::kNumerator;
  if (ticks > kMost) return Duration::max();
  if (ticks < -kMost) return Duration::min();
  constexpr Int128 kHalf = Factor::kDenominator / 2;
  const Int128 product = ticks * Factor::kNumerator;
  return Duration(
      static_cast<Duration::rep>((product < 0 ? product - kHalf : product + kHalf) / Factor::kDenominator));
}

template <class Period, class Real>
constexpr Duration saturate_real(Real ticks) {
  using Factor = NanosecondsOf<Period>;
  constexpr Real kNumerator = static_cast<Real>(Factor::kNumerator);
  constexpr Real kDenominator = static_cast<Real>(Factor::kDenominator);
  constexpr Real kEnd = 9223372036854775808.0;  // 2^63
  constexpr Real kHalf = 0.5;
  constexpr Real kMost = kEnd / kNumerator * kDenominator;
  if (ticks != ticks) throw std::invalid_argument("corokit: a duration is not a number");
  const Real exact = ticks >= kMost ? kEnd : ticks <= -kMost ? -kEnd : ticks * kNumerator / kDenominator;
  if (exact >= kEnd - kHalf) return Duration::max();
  if (exact <= -kEnd) return Duration::min();
  const auto whole = static_cast<Duration::rep>(exact);
  const Real rest = exact - static_cast<Real>(whole);
  return Duration(rest >= kHalf ? whole + 1 : rest <= -kHalf ? whole - 1 : whole);
}

/// The conversion of AnyDuration.
template <class Rep, class Period>
requires std::is_arithmetic_v<Rep>
constexpr Duration saturate(std::chrono::duration<Rep, Period> duration) noexcept(std::is_integral_v<Rep>) {
  if constexpr (std::is_integral_v<Rep>)
    return saturate_integer<Period>(duration.count());
  else
    return saturate_real<Period, std::common_type_t<Rep, double>>(duration.count());
}

}  // namespace detail

/// A duration of any unit, as a parameter: `sleep(1h)`, `interval(0.5s)`, `timeout(std::chrono::years(300), …)`.
///
/// It is rounded to the nearest nanosecond. A duration that is longer than Duration can say becomes Duration::max(),
/// which waits for ever (see sleep_until()), where the conversions of std::chrono overflow; one that is below becomes
/// Duration::min(). Throws: std::invalid_argument if the duration is not a number (NaN).
class AnyDuration {
 public:
  /// Converts a duration.
  template <class Rep, class Period>
  requires std::is_arithmetic_v<Rep>
  constexpr AnyDuration(std::chrono::duration<Rep, Period> duration) noexcept(std::is_integral_v<Rep>)
      : value_(detail::saturate(duration)) {}
  /// Returns: the duration in nanoseconds.
  constexpr operator Duration() const noexcept { return value_; }

 private:
  Duration value_;
};

}  // namespace corokit
