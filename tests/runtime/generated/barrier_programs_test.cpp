// Generated programs of a barrier of two, against a model of the one that waits.
#include <corokit/sync/barrier.hpp>

#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kFollower = 0;
constexpr int kLeader = 1;

struct Subject {
  Barrier barrier{2};
};

struct Model {
  std::optional<std::size_t> waiting;
  std::array<bool, kThreads + 1> released{};  // those that wait no longer, and have not gone on

  Answer wait(std::size_t thread) {
    if (!waiting) {
      waiting = thread;
      return std::nullopt;
    }
    released[*waiting] = true;
    waiting.reset();
    return kLeader;
  }
  Answer end(std::size_t thread) {
    return std::exchange(released[thread], false) ? Answer(kFollower) : std::nullopt;
  }
  void drop(std::size_t thread) {
    if (!std::exchange(released[thread], false)) waiting.reset();
  }
};

int wait(Subject& s, Player& player) {
  return player.await(s.barrier.wait(),
                      [](BarrierResult result) { return result.is_leader() ? kLeader : kFollower; });
}
Answer model_wait(Model& m, std::size_t thread) {
  return m.wait(thread);
}

const Primitive<Subject, Model> kBarrier{
    .name = "Barrier of 2",
    .alphabet = {{"wait", wait, model_wait, 1}},
    .observed = {"wait", wait, model_wait},
};

TEST(BarrierPrograms, HaveOneLeaderForEachGeneration) {
  EXPECT_TRUE(every_program_is_explained(kBarrier));
}

TEST(BarrierPrograms, HaveOneLeaderWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kBarrier, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
