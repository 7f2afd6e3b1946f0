// Two threads ask for an object that is made when it is first asked for.
//
// Explored: lazy: right
#include "lazy.hpp"
#include "explorer/program.hpp"

#include <thread>

namespace {

struct Settings {
  Settings() : answer(42) {}
  int answer;
};

}  // namespace

COROKIT_EXPLORED(lazy) {
  Lazy<Settings> settings;
  const Settings* seen[2] = {};
  const auto ask = [&](std::size_t me) {
    seen[me] = &settings.get();
    explored::require(seen[me]->answer == 42, "the object is complete");
  };
  std::thread thread(ask, 0);
  ask(1);
  thread.join();
  explored::require(seen[0] == seen[1], "there is one object");
}
