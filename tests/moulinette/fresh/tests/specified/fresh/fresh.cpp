// The specified tests: each part is played in virtual time under every schedule, then once on real threads. Schedule 1
// has the numbers of the subject; the others draw theirs.
#include "fresh.hpp"

#include "check.hpp"

#include <corokit/time/clock.hpp>

using namespace corokit;
using namespace std::chrono_literals;

namespace {

Task<void> doubles_numbers(specified::Check& check) {
  const int number = check.is_subject() ? 21 : check.draw(1, 1000);
  const int twice = co_await twice_later(number);
  check.equal(twice, 2 * number, "twice " + std::to_string(number));
}

Task<void> waits_for(specified::Check& check, int number, Duration duration) {
  const Instant start = now();
  co_await twice_later(number);
  const Duration waited = now() - start;
  // On real threads everything may take longer.
  check.that(check.seed() == 0 ? waited >= duration : waited == duration,
             "the time that " + std::to_string(number) + " takes: expected " + specified::show(duration) +
                 ", got " + specified::show(waited));
}

}  // namespace

COROKIT_SPECIFIED_TEST(doubles) {
  check.run(doubles_numbers(check));
}

COROKIT_SPECIFIED_TEST(waits) {
  check.run(waits_for(check, check.is_subject() ? 21 : check.draw(1, 1000), 10ms));
}

COROKIT_SPECIFIED_PART(waits, edge_zero) {
  check.run(waits_for(check, 0, 0ms));
}
