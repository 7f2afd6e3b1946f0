#include "fuzzing/tables.hpp"

#include <algorithm>
#include <chrono>

namespace corokit::specified::fuzzing {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kOfEachKind = 20;
constexpr int kRound = 10;  // milliseconds

void add(std::vector<Duration>& all, Duration one, Range within) {
  if (one < milliseconds(within.low) || one > milliseconds(within.high)) return;
  if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

/// Adds multiples of 10 ms, spread over a range.
void add_round(std::vector<Duration>& all, Range range) {
  const int last = range.high / kRound;
  for (int i = 1; i <= kOfEachKind; ++i)
    add(all, milliseconds(kRound * std::max(i <= 5 ? i : 1, i * last / kOfEachKind)), range);
}

/// Adds durations of which a third are no whole milliseconds.
void add_odd(std::vector<Duration>& all, Range range) {
  for (int i = 0; i <= 3; ++i) add(all, milliseconds(range.low + i), range);
  for (int i = 1; i <= kOfEachKind; ++i) {
    const int whole = range.low + (range.high - range.low) * i / kOfEachKind * 7 / 8;
    add(all,
        i % 3 == 0 ? Duration(microseconds(1'000 * whole + 100 * (i % 10))) : Duration(milliseconds(whole)),
        range);
  }
}

}  // namespace

std::vector<Duration> durations_within(Range range) {
  std::vector<Duration> all;
  for (const int time : {kRound, 2 * kRound, 3 * kRound, 0}) add(all, milliseconds(time), range);
  add_round(all, range);
  add_odd(all, range);
  return all;
}

std::vector<Duration> timeouts_within(Range range) {
  std::vector<Duration> all{milliseconds(range.high)};
  for (int high = std::min(range.high, 400); high > range.low; high /= 3) {
    add_round(all, {range.low, high});
    add_odd(all, {range.low, high});
  }
  add_round(all, range);
  add_odd(all, range);
  return all;
}

std::vector<int> numbers_within(Range range, int often) {
  std::vector<int> all;
  for (int i = range.low; i <= range.high; ++i) all.push_back(i);
  for (int i = 0; i < often; ++i)
    for (int j = range.low; j <= range.low + (range.high - range.low) / 8; ++j) all.push_back(j);
  return all;
}

}  // namespace corokit::specified::fuzzing
