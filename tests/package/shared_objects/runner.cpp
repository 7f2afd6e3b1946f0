#include "objects.hpp"

#include <corokit/runtime.hpp>

extern "C" int run(Work work) {
  return corokit::Runtime::multi_thread(2).block_on(work());
}
