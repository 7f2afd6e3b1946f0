// A message to every receiver.
#include "measure.hpp"

#include <corokit/sync/broadcast.hpp>

#include <vector>

namespace corokit::bench {
namespace {

template <int kReceivers>
Task<void> send_and_receive(benchmark::State* state) {
  auto [tx, rx] = broadcast::channel<int>(16);
  std::vector<broadcast::Receiver<int>> all;
  all.push_back(std::move(rx));
  while (all.size() < kReceivers) all.push_back(tx.subscribe());
  for (auto _ : *state) {
    (void)tx.send(1);
    for (auto& receiver : all) benchmark::DoNotOptimize(co_await receiver.recv());
  }
}

const Measure one("broadcast/one_receiver", send_and_receive<1>);
const Measure five("broadcast/five_receivers", send_and_receive<5>);

}  // namespace
}  // namespace corokit::bench
