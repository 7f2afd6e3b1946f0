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
