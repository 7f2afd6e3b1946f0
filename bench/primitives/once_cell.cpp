// A value that is made once: getting it, and making it.
#include "measure.hpp"

#include <corokit/sync/once_cell.hpp>

namespace corokit::bench {
namespace {

Task<int> make_seven() {
  co_return 7;
}

Task<void> get_what_is_there(benchmark::State* state) {
  OnceCell<int> cell(7);
  for (auto _ : *state) benchmark::DoNotOptimize(co_await cell.get_or_init(make_seven));
}

Task<void> make_it(benchmark::State* state) {
  for (auto _ : *state) {
    OnceCell<int> cell;
    benchmark::DoNotOptimize(co_await cell.get_or_init(make_seven));
  }
}

const Measure there("once_cell/get", get_what_is_there);
const Measure made("once_cell/make", make_it);

}  // namespace
}  // namespace corokit::bench
