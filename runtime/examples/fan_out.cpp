// Fan-out: every message of a ticker reaches every subscriber. The sender never waits. A subscriber that falls further
// behind than the channel keeps messages loses some; it is told how many, and goes on with the oldest one kept.
//
// Look at:
//   - follow(): lag is an error after which recv() goes on. The subscriber decides what to do about it; this one notes
//     how many messages are missing.
//   - trade(): `late` subscribes as early as `prompt`, but begins to receive when everything has been sent.
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/mpsc.hpp>

#include <cstdio>
#include <string>

using namespace corokit;

namespace {

constexpr int kPrices = 10;
constexpr std::size_t kKept = 4;

Task<std::string> follow(broadcast::Receiver<int> ticker, mpsc::Sender<int> seen) {
  std::string story;
  for (;;) {
    const auto price = co_await ticker.recv();
    if (price) {
      story += " " + std::to_string(*price);
      static_cast<void>(co_await seen.send(*price));
    } else if (price.error().is_lagged()) {
      story += " (lost " + std::to_string(price.error().missed()) + ")";
    } else {
      co_return story;
    }
  }
}

Task<> trade() {
  auto [ticker, first] = broadcast::channel<int>(kKept);
  auto second = ticker.subscribe();
  auto [seen, progress] = mpsc::channel<int>(1);
  auto [ignored, nobody] = mpsc::channel<int>(kPrices);

  auto prompt = spawn(follow(std::move(first), std::move(seen)));
  for (int price = 101; price <= 100 + kPrices; ++price) {
    static_cast<void>(ticker.send(price));
    co_await progress.recv();  // so that `prompt` is prompt on every machine; a real ticker does not wait
  }
  auto late = spawn(follow(std::move(second), std::move(ignored)));
  {
    const auto closing =
        std::move(ticker);  // the last sender dies: the subscribers read what is left, and end
  }
  const auto prompt_story = co_await prompt;
  const auto late_story = co_await late;
  std::printf("prompt:%s\nlate:  %s\n", prompt_story->c_str(), late_story->c_str());
}

}  // namespace

int main() {
  Runtime::multi_thread().block_on(trade());
}
