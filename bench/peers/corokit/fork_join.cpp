// Fork-join. fib27: of each pair of calls one is spawned, and the other is awaited in place. fork27: the same numbers with
// what each runtime has for this, which is spawn() for tokio.
#include "harness.hpp"

#include <corokit/fork_join.hpp>
#include <corokit/spawn.hpp>

#include <stdexcept>

namespace peers {
namespace {

Task<std::uint64_t> fib(unsigned n) {
  if (n < 2) co_return n;
  auto left = corokit::spawn(fib(n - 1));
  const std::uint64_t right = co_await fib(n - 2);
  co_return (co_await left).value() + right;
}

Task<std::uint64_t> fork(unsigned n) {
  if (n < 2) co_return n;
  const auto [left, right] = co_await corokit::fork_join(fork(n - 1), fork(n - 2));
  co_return left + right;
}

/// fib(n) spawns fib(n + 1) - 1 tasks.
constexpr std::uint64_t spawns(unsigned n) {
  std::uint64_t low = 0, high = 1;
  for (unsigned i = 0; i < n; ++i) low = std::exchange(high, low + high);
  return high - 1;
}

struct Grown {
  Duration took{};
  std::uint64_t result = 0;
};

using Numbers = Task<std::uint64_t> (*)(unsigned);

Task<Grown> grow(Numbers numbers, unsigned n) {
  Grown grown;
  const auto start = Clock::now();
  grown.result = co_await numbers(n);
  grown.took = Clock::now() - start;
  co_return grown;
}

template <Numbers kNumbers>
void number_27(const Run& run) {
  unsigned n = 27;  // a smaller scale computes a smaller number
  while (n > 1 && spawns(n) > run.count(spawns(27))) --n;
  const Grown grown = run.root(grow(kNumbers, n));
  if (grown.result != spawns(n - 1) + 1) throw std::logic_error("fib() is wrong");
  run.emit_per_op("", grown.took, std::max<std::uint64_t>(1, spawns(n)));
}

const Suite suite{{"fib27", number_27<&fib>}, {"fork27", number_27<&fork>}};

}  // namespace
}  // namespace peers
