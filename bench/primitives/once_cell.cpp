// Values that are made once.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/set_once.hpp>

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

Task<void> set_it(SetOnce<int>* value) {
  static_cast<void>(value->set(7));
  co_return;
}

/// Each iteration waits for a value that a new task sets.
Task<void> wait_for_it(benchmark::State* state) {
  for (auto _ : *state) {
    SetOnce<int> value;
    auto setter = spawn(set_it(&value));
    benchmark::DoNotOptimize(co_await value.wait());
    co_await setter;
  }
}

const Measure there("once_cell/get", get_what_is_there);
const Measure made("once_cell/make", make_it);
const Measure waited("set_once/spawn_and_wait", wait_for_it);

}  // namespace
}  // namespace corokit::bench
