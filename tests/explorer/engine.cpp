#include "engine.hpp"

namespace corokit::model {
namespace {

const char* name(std::memory_order order) noexcept {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_release:
      return "release";
    case std::memory_order_acq_rel:
      return "acq_rel";
    case std::memory_order_seq_cst:
      return "seq_cst";
    default:
      return "acquire";
  }
}

std::string shown(Word value) {
  const auto high = static_cast<std::uint64_t>(value >> 64U);
  const auto low = static_cast<std::uint64_t>(value);
  return high == 0 ? shown_value(low) : "(" + shown_value(low) + ", " + shown_value(high) + ")";
}

std::string head(const Operation& operation, std::memory_order order) {
  return std::string(operation.name) + ", " + name(order) + ": ";
}

}  // namespace

std::string Engine::play(explorer::Choices& choices, std::uint64_t max_steps, explorer::Recording* recording,
                         void (*entry)(void*), void* argument) {
  memory.clear();
  shadow.clear();
  recorder.begin(recording);
  return recorder.finish(threads, threads.play(choices, max_steps, entry, argument));
}

std::string Engine::saw(const Store& store) const {
  std::string text = "saw " + shown(store.value);
  if (store.step == 0) return text + " (initial)";
  return store.thread == threads.running()
             ? text + " (its own)"
             : text + " (" + lane_name(store.thread) + step_number(store.step) + ")";
}

/// Returns: why a load of another thread's store orders nothing; empty if it does.
std::string Engine::disorder(const Store& store, std::memory_order order) const {
  if (store.step == 0 || store.thread == threads.running()) return "";
  if (!acquires(order)) return "; a relaxed load orders nothing";
  return store.released.ordered[store.thread] == 0 ? "; a relaxed store orders nothing" : "";
}

Word Engine::load(std::uint32_t location, const Operation& operation) {
  const auto [store, stale] = memory.load(location, operation.order, threads.view(), threads.choices());
  if (recorder.on()) {
    std::string text = head(operation, operation.order) + saw(store);
    if (stale) text += ", although " + shown(memory.newest(location).value) + " is newer";
    text += disorder(store, operation.order);
    recorder.operation(threads, operation.code, operation.event, std::move(text), memory[location].address);
  }
  return store.value;
}

std::string Engine::loadable(std::size_t choice) const {
  return shown(memory.loadable(choice));
}

void Engine::store(std::uint32_t location, Word value, const Operation& operation) {
  const bool changes = memory.newest(location).value != value;
  memory.store(location, value, operation.order, threads.view());
  if (changes) threads.changed(memory[location].address);
  if (!recorder.on()) return;
  recorder.operation(threads, operation.code, operation.event,
                     head(operation, operation.order) + "wrote " + shown(value), memory[location].address);
  recorder.wrote(shown(value));
}

void Engine::updated(std::uint32_t location, const Operation& operation, Word old, Word value, bool wrote,
                     std::memory_order failure) {
  if (recorder.on()) {
    const std::memory_order order = wrote ? operation.order : failure;
    std::string text = head(operation, order) + saw(memory.newest(location));
    text += wrote ? ", wrote " + shown(value) : ", which is not what it expects";
    text += disorder(memory.newest(location), order);
    recorder.operation(threads, operation.code, operation.event, std::move(text), memory[location].address);
    if (wrote) recorder.wrote(shown(value));
  }
  if (wrote) {
    memory.update(location, value, operation.order, threads.view());
    if (old != value) threads.changed(memory[location].address);
  }
  threads.view().tick();
}

void Engine::fence(const Operation& operation) {
  memory.fence(operation.order, threads.view());
  if (recorder.on())
    recorder.operation(threads, operation.code, operation.event,
                       std::string(operation.name) + ", " + name(operation.order));
}

void Engine::conflict(const Access& earlier, Access::Kind kind, const void* address, std::size_t size,
                      const void* code, std::uint32_t event) {
  using Kind = Access::Kind;
  const std::string here = lane_name(threads.running());
  const std::string there = lane_name(earlier.thread) + " %" + at(earlier.code) + step_of(earlier.event);
  const auto with_verb = [](std::string text, const char* verb) {
    return text.replace(text.find('%'), 1, verb);
  };
  const auto verb = [](const Access& access) { return access.is_read() ? "read it" : "wrote it"; };
  recorder.about({earlier.event, event}, address, size);
  if (earlier.kind == Kind::freed)
    threads.fail("a use after free: " + here + " uses " + name_of(address) + at(code) + step_of(event) +
                 "; " + with_verb(there, "freed it"));
  const char* const verb_here = kind == Kind::read || kind == Kind::atomic_read ? " reads it"
                                : kind == Kind::freed                           ? " frees it"
                                                                                : " writes it";
  threads.fail("a data race on " + name_of(address) + ": " + with_verb(there, verb(earlier)) + ", " + here +
               verb_here + at(code) + step_of(event) + ", and nothing orders the two");
}

}  // namespace corokit::model
