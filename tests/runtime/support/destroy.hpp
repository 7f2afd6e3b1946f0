#pragma once
#include <utility>

namespace corokit::test {

/// Destroys an end of a channel before the end of its scope.
template <class End>
void destroy(End& end) {
  const End gone = std::move(end);
}

}  // namespace corokit::test
