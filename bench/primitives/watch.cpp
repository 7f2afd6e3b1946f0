// A value that changes, and receivers that look at it.
#include "measure.hpp"

#include <corokit/sync/watch.hpp>

namespace corokit::bench {
namespace {

Task<void> change_and_see(benchmark::State* state) {
  auto [tx, rx] = watch::channel(0);
  for (auto _ : *state) {
    (void)tx.send(1);
    benchmark::DoNotOptimize(co_await rx.changed());
    benchmark::DoNotOptimize(*rx.borrow());
  }
}

Task<void> look(benchmark::State* state) {
  auto [tx, rx] = watch::channel(0);
  for (auto _ : *state) benchmark::DoNotOptimize(*rx.borrow());
  co_return;
}

const Measure change("watch/change", change_and_see);
const Measure borrow("watch/borrow", look);

}  // namespace
}  // namespace corokit::bench
