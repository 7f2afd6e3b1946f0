#include "memory.hpp"

namespace corokit::model {
namespace {

constexpr auto kSequential = std::memory_order_seq_cst;

bool releases(std::memory_order order) noexcept {
  return order == std::memory_order_release || order == std::memory_order_acq_rel || order == kSequential;
}

}  // namespace

Memory::Memory() {
  clear();
}

void Memory::clear() noexcept {
  locations_.resize(1);  // number 0 is none
  stores_.resize(1);
  fenced_ = {};
  time_ = 0;
}

std::uint32_t Memory::add(const void* address, std::uint8_t size, Word value) {
  const auto store = static_cast<std::uint32_t>(stores_.size());
  stores_.emplace_back().value = value;
  locations_.push_back({address, store, 0, size});
  return static_cast<std::uint32_t>(locations_.size() - 1);
}

bool Memory::known(const Store& store, const Clock& seen, bool sequential,
                   const ThreadView& view) const noexcept {
  if (store.sequential != 0 && (sequential || store.sequential <= view.now.last_fence)) return true;
  return seen.knows_any_of(store.first_seen);
}

void Memory::see(Store& store, std::memory_order order, ThreadView& view) {
  if (store.first_seen[view.thread] == 0) store.first_seen[view.thread] = view.time();
  if (order == kSequential && store.sequential == 0) store.sequential = time_;
  (acquires(order) ? view.now : view.loaded).join(store.released);
}

Memory::Loaded Memory::load(std::uint32_t location, std::memory_order order, ThreadView& view,
                            explorer::Choices& choices) {
  const std::uint32_t newest = locations_[location].newest;
  std::uint32_t store = loading_ = newest;
  if (stores_[store].older != 0) {
    Clock seen = view.now.seen;
    if (order == kSequential) seen.join(fenced_);
    std::size_t count = 1;
    for (std::uint32_t i = store; stores_[i].older != 0; i = stores_[i].older, ++count)
      if (known(stores_[i], seen, order == kSequential, view)) break;
    for (std::size_t older = choices.next(explorer::Kind::stale_load, count); older != 0; --older)
      store = stores_[store].older;
  }
  see(stores_[store], order, view);
  view.tick();
  return {stores_[store], store != newest};
}

Word Memory::loadable(std::size_t choice) const noexcept {
  std::uint32_t store = loading_;
  for (; choice != 0; --choice) store = stores_[store].older;
  return stores_[store].value;
}

void Memory::append(Location& location, Word value, std::memory_order order, const ThreadView& view,
                    const Knowledge& released) {
  const auto number = static_cast<std::uint32_t>(stores_.size());
  Store& store = stores_.emplace_back();
  store.value = value;
  store.released = released;
  store.first_seen[view.thread] = view.time();
  store.sequential = order == kSequential ? time_ : 0;
  store.older = location.newest;
  store.step = time_;
  store.thread = static_cast<std::uint8_t>(view.thread);
  location.newest = number;
}

bool Memory::has_lost(std::uint32_t location, std::size_t thread) const noexcept {
  const Store& last = newest(location);
  if (last.step == 0) return false;
  if (last.thread != thread) return last.first_seen[thread] == 0;
  for (std::uint32_t i = last.older; stores_[i].step != 0; i = stores_[i].older)
    if (stores_[i].thread != thread) return true;
  return false;
}

void Memory::store(std::uint32_t location, Word value, std::memory_order order, ThreadView& view) {
  append(locations_[location], value, order, view, releases(order) ? view.now : view.released);
  view.tick();
}

Word Memory::see_newest(std::uint32_t location, std::memory_order order, ThreadView& view) {
  Store& store = stores_[locations_[location].newest];
  see(store, order, view);
  return store.value;
}

void Memory::update(std::uint32_t location, Word value, std::memory_order order, ThreadView& view) {
  Knowledge released = newest(location).released;  // it continues the release sequence
  released.join(releases(order) ? view.now : view.released);
  append(locations_[location], value, order, view, released);
}

void Memory::fence(std::memory_order order, ThreadView& view) {
  if (acquires(order)) view.now.join(view.loaded);
  if (order == kSequential) {
    view.now.seen.join(fenced_);
    fenced_ = view.now.seen;
    view.now.last_fence = time_;
  }
  if (releases(order)) view.released = view.now;
  view.tick();
}

bool Memory::catch_up(std::uint32_t location, ThreadView& view) {
  Store& store = stores_[locations_[location].newest];
  if (store.older == 0 || known(store, view.now.seen, false, view)) return false;
  store.first_seen[view.thread] = view.time();
  return true;
}

bool Memory::catch_up(ThreadView& view) {
  bool new_ones = false;
  for (std::uint32_t i = 1; i < locations_.size(); ++i) new_ones |= catch_up(i, view);
  return new_ones;
}

}  // namespace corokit::model
