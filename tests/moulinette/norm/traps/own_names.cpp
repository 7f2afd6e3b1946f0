// Trap: names of its own that look like others: none is refused.
// Tokens: nothing
// Object: nothing
// Syntax: nothing
#include <cstddef>
#include <new>
#include <string>
#include <vector>
namespace mine {
struct mutex {
  void lock() {}
  void operator delete(void*) = delete;
};
int usleep(double) {
  return 0;
}
template <class T>
void select(T value) {
  value.wait();
}
}  // namespace mine
using namespace mine;
constexpr int kNumber = 1;
static std::vector<int>& numbers() {
  static std::vector<int> all;
  return all;
}
template <class T>
void pass(T value) {
  select(value);
  usleep(1.0);
}
int used(const std::string& text, const void* place) {
  mine::mutex gate;
  gate.lock();
  numbers().push_back(static_cast<int>(text.size()) + (int)kNumber);
  const auto* bytes = (const std::byte*)place;
  return bytes ? numbers().back() : int();
}
