#include "explore.hpp"

#include "simulation/search.hpp"

#include <cstdio>
#include <cstdlib>

#include "world.hpp"

namespace corokit::model {
namespace {

Report search(const Bounds& bounds, explorer::Options options, const std::function<void()>& program) {
  options.preemptions = bounds.preemptions;
  options.stale_loads = bounds.stale_loads;
  options.schedules = bounds.schedules;
  World world;
  const auto play = [&](explorer::Choices& choices, explorer::Recording* recording) {
    explorer::Played played;
    played.failure = world.play(choices, bounds.operations, recording, program);
    return played;
  };
  const explorer::Report report = explorer::search(explorer::with_environment(options), play);
  return {report.schedules, report.exhausted, report.failure, report.token};
}

}  // namespace

Report explore(const Bounds& bounds, const std::function<void()>& program) {
  return search(bounds, {.search = explorer::Search::depth_first}, program);
}

Report sample(const Bounds& bounds, std::uint64_t seed, const std::function<void()>& program) {
  return search(bounds, {.search = explorer::Search::random, .seed = seed}, program);
}

void require(bool condition, const char* what) {
  if (condition) return;
  if (World* world = World::current()) world->fail(std::string("this does not hold: ") + what);
  std::fprintf(stderr, "require() outside of a schedule: this does not hold: %s\n", what);
  std::abort();
}

}  // namespace corokit::model
