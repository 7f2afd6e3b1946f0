// Two shared objects, each of which has linked corokit's static library, see one runtime. Exits 0 if so.
#include "objects.hpp"

int main() {
  return run(get_work()) == 42 ? 0 : 1;
}
