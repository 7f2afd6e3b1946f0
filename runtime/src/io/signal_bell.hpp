#pragma once
#include <corokit/io/descriptor.hpp>
#include <corokit/io/error.hpp>

#include <cstdint>

namespace corokit::io {

/// Returns: whether Signals::listen() takes signals of this kind.
bool can_be_handled(int kind) noexcept;

/// Lets signals of a kind ring the bell, and returns a copy of the bell for one listener: an eventfd that
/// nobody reads, and on which each signal of any kind is a new event, edge-triggered. Or the error of
/// Signals::listen().
IoResult<Descriptor> listen_to_bell(int kind);

/// Returns: how many signals of a kind have come since the first listen_to_bell() of that kind.
std::uint64_t signals_of(int kind);

}  // namespace corokit::io
