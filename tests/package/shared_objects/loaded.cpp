// Two plug-ins, whose symbols are hidden from each other, see the one runtime of the shared library. Exits 0 if so.
#include "objects.hpp"

#include <dlfcn.h>

#include <cstdio>

namespace {

template <class Function>
Function* find(const char* object, const char* name) {
  void* handle = dlopen(object, RTLD_NOW | RTLD_LOCAL);
  void* symbol = handle ? dlsym(handle, name) : nullptr;
  if (!symbol) std::fprintf(stderr, "%s\n", dlerror());
  return reinterpret_cast<Function*>(symbol);
}

}  // namespace

int main(int, char** objects) {
  auto* const run_there = find<int(Work)>(objects[1], "run");
  auto* const get_work_there = find<Work()>(objects[2], "get_work");
  return run_there && get_work_there && run_there(get_work_there()) == 42 ? 0 : 1;
}
