// One value, within one task and from another task.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/oneshot.hpp>

namespace corokit::bench {
namespace {

Task<void> send_and_receive(benchmark::State* state) {
  for (auto _ : *state) {
    auto [tx, rx] = oneshot::channel<int>();
    (void)tx.send(1);
    benchmark::DoNotOptimize(co_await rx);
  }
}

Task<void> send(oneshot::Sender<int> tx) {
  (void)tx.send(1);
  co_return;
}

Task<void> ask_another(benchmark::State* state) {
  for (auto _ : *state) {
    auto [tx, rx] = oneshot::channel<int>();
    spawn(send(std::move(tx))).detach();
    benchmark::DoNotOptimize(co_await rx);
  }
}

const Measure same_task("oneshot/same_task", send_and_receive);
const Measure other_task("oneshot/other_task", ask_another);

}  // namespace
}  // namespace corokit::bench
