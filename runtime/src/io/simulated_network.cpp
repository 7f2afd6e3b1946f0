#include <corokit/detail/io/io_provider.hpp>
#include <corokit/io/simulated_network.hpp>

#include "virtual_network.hpp"

#include <stdexcept>

namespace corokit::io {

SimulatedNetwork::SimulatedNetwork() : network_(corokit::detail::current_io("SimulatedNetwork").network()) {
  if (!network_) throw std::logic_error("corokit: SimulatedNetwork was used outside of a simulation");
}

void SimulatedNetwork::set_latency(AnyDuration least, AnyDuration most, std::size_t steps) {
  const Duration shortest = least;
  const Duration longest = most;
  if (shortest < Duration() || longest < shortest || steps == 0)
    throw std::invalid_argument(
        "corokit: a latency lies between two durations, 0 <= least <= most, in 1 step or more");
  network_->least_latency = shortest;
  network_->most_latency = longest;
  network_->latency_steps = steps;
}

void SimulatedNetwork::set_partial(bool partial) noexcept {
  network_->partial = partial;
}

void SimulatedNetwork::set_loss(bool loss) noexcept {
  network_->loss = loss;
}

void SimulatedNetwork::set_capacity(std::size_t bytes) {
  if (bytes == 0) throw std::invalid_argument("corokit: a stream needs room for one byte");
  network_->capacity = bytes;
}

void SimulatedNetwork::cut(std::uint16_t port) {
  network_->cut(port);
}

void SimulatedNetwork::heal(std::uint16_t port) {
  network_->heal(port);
}

void SimulatedNetwork::reset(std::uint16_t port) {
  network_->reset(port);
}

}  // namespace corokit::io
