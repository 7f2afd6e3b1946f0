// The reference: right, and not handed to students.
#include "fresh.hpp"

using namespace std::chrono_literals;

corokit::Task<int> twice_later(int number) {
  if (number == 0) co_return 0;
  co_await corokit::sleep(10ms);
  co_return 2 * number;
}
