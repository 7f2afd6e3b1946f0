#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace corokit::specified {

/// How a test ended, as main.cpp tells the grader.
struct Report {
  std::string test;
  bool passed = false;
  std::string message = {};
  std::uint64_t schedules = 0;  // how many schedules were played, the failing one included
  std::uint64_t seed = 0;       // of the failing schedule; 0 when there is none
  std::string_view mode = {};   // where it failed: "simulation" or "thread_pool"
};

/// The line to the grader. It is a socket inherited as descriptor 3, over which the grader first sends a
/// secret; only lines that open with the secret count. The secret is read, and the descriptor moved away,
/// before any other code of this program runs, so that an implementation can neither read it nor write in our
/// name by luck.
///
/// Thread-safety: one thread.
namespace channel {
/// False when nobody is on the line: the program was started by hand.
bool connected() noexcept;
/// Says which schedule comes next, so that a crash or a hang can be traced to it. Seed 0: the thread pool.
void starting(std::uint64_t seed) noexcept;
void send(const Report& report);
}  // namespace channel

}  // namespace corokit::specified
