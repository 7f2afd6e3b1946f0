// A pipeline: one task reads lines, one counts their words, one adds up the counts. The channels between them are
// bounded, so a slow stage holds up the stages before it, and memory stays bounded however long the input is. This is
// called back-pressure.
//
// Look at:
//   - send(): it waits while the channel is full. Nothing else is needed for back-pressure.
//   - how the end travels: a stage that returns drops its sender; the next stage gets none from recv() once it has
//     received all that was sent, and returns as well.
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <sstream>
#include <string>

using namespace corokit;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kRoom = 4;  // messages in each channel
constexpr int kLines = 200;

std::atomic<int> lines_read{0};
std::atomic<int> lines_added{0};

Task<> read_lines(mpsc::Sender<std::string> lines) {
  for (int i = 1; i <= kLines; ++i) {
    ++lines_read;
    std::string line = "the pen is mightier";
    if (i % 2 == 0) line += " than the sword";
    const auto sent = co_await lines.send(std::move(line));
    if (!sent) co_return;  // nobody receives any more
  }
}

Task<> count_words(mpsc::Receiver<std::string> lines, mpsc::Sender<int> counts) {
  std::string word;
  while (const auto line = co_await lines.recv()) {
    int count = 0;
    for (std::istringstream words(*line); words >> word;) ++count;
    const auto sent = co_await counts.send(count);
    if (!sent) co_return;
  }
}

Task<> pipeline() {
  auto [lines, lines_end] = mpsc::channel<std::string>(kRoom);
  auto [counts, counts_end] = mpsc::channel<int>(kRoom);
  spawn(read_lines(std::move(lines))).detach();
  spawn(count_words(std::move(lines_end), std::move(counts))).detach();

  int words = 0;
  int most_inside = 0;
  while (const auto count = co_await counts_end.recv()) {
    if (lines_added % 50 == 0) co_await sleep(1ms);  // the slow stage
    most_inside = std::max(most_inside, lines_read - lines_added);
    ++lines_added;
    words += *count;
  }
  // Each channel is full at most, and each of the three tasks has one line in hand.
  const int bound = 2 * int{kRoom} + 3;
  std::printf("%d lines, %d words\n", lines_added.load(), words);
  std::printf("the lines read and not yet added were %s %d\n", most_inside <= bound ? "at most" : "MORE THAN",
              bound);
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(pipeline());
}
