#include "check.hpp"
#include "toy.hpp"

#include <corokit/spawn.hpp>
#include <corokit/yield.hpp>

#include <stdexcept>

namespace {

/// A task throws, and nobody asks what became of it.
corokit::Task<void> fail_unseen() {
  const auto failing = corokit::spawn([]() -> corokit::Task<void> {
    co_await corokit::yield_now();
    throw std::runtime_error("nobody asks for this");
  });
  while (!failing.is_finished()) co_await corokit::yield_now();
}

corokit::Task<void> count(corokit::specified::Check& check, int n) {
  check.note("task " + std::to_string(n), "counts");
  co_await corokit::yield_now();
  check.equal(count_to(n), n, "counting to " + std::to_string(n));
}

/// Two tasks count, and the schedule decides which of them is the first.
corokit::Task<void> count_in_turn(corokit::specified::Check& check) {
  auto one = corokit::spawn(count(check, 1));
  auto two = corokit::spawn(count(check, 2));
  const auto first = co_await one;
  const auto second = co_await two;
  first.value();
  second.value();
}

}  // namespace

COROKIT_SPECIFIED_TEST(adds) {
  const int a = check.is_subject() ? 20 : check.draw(-1'000, 1'000);
  const int b = check.is_subject() ? 22 : check.draw(-1'000, 1'000);
  check.equal(add(a, b), a + b, std::to_string(a) + " + " + std::to_string(b));
}

COROKIT_SPECIFIED_TEST(counts) {
  const int n = check.is_subject() ? 3 : check.draw(1, 100);
  check.note("toy", "counts");
  check.equal(count_to(n), n, "counting to " + std::to_string(n));
}

COROKIT_SPECIFIED_PART(counts, edge_nothing) {
  check.run(fail_unseen());
  check.equal(count_to(0), 0, "counting to 0");
}

COROKIT_SPECIFIED_PART(counts, edge_turns) {
  check.run(count_in_turn(check));
}
