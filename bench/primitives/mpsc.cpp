// Messages through an mpsc channel, bounded and unbounded.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>

namespace corokit::bench {
namespace {

Task<void> send_and_receive(benchmark::State* state) {
  auto [tx, rx] = mpsc::channel<int>(16);
  for (auto _ : *state) {
    (void)co_await tx.send(1);
    benchmark::DoNotOptimize(co_await rx.recv());
  }
}

Task<void> send_and_receive_unbounded(benchmark::State* state) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  for (auto _ : *state) {
    (void)tx.send(1);
    benchmark::DoNotOptimize(co_await rx.recv());
  }
}

Task<void> send_for_ever(mpsc::Sender<int> tx) {
  // g++ 12 loses a co_await in the condition of a loop without a body.
  for (bool sent = true; sent;) sent = (co_await tx.send(1)).has_value();
}

Task<void> receive_from_another(benchmark::State* state) {
  auto [tx, rx] = mpsc::channel<int>(128);
  auto sender = spawn(send_for_ever(std::move(tx)));
  for (auto _ : *state) benchmark::DoNotOptimize(co_await rx.recv());
  rx.close();
  for (bool more = true; more;) more = (co_await rx.recv()).has_value();
  co_await sender;
}

const Measure bounded("mpsc/bounded_same_task", send_and_receive);
const Measure unbounded("mpsc/unbounded_same_task", send_and_receive_unbounded);
const Measure stream("mpsc/bounded_other_task", receive_from_another);

}  // namespace
}  // namespace corokit::bench
