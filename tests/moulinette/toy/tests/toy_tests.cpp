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

/// A number that is made simpler where a schedule fails; the simplest one is -1000.
int choose_number(corokit::specified::Check& check) {
  return static_cast<int>(check.choose(2'001)) - 1'000;
}

}  // namespace

COROKIT_SPECIFIED_TEST(adds) {
  const int a = check.is_subject() ? 20 : choose_number(check);
  const int b = check.is_subject() ? 22 : choose_number(check);
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
