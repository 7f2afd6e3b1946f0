// Generated programs of three tokens, a root, its child and the child of that, against a model of flags. The child, which
// stands in the middle, may be dropped. To cancel the root takes two moments: its descendants come first.
#include <corokit/sync/cancellation_token.hpp>

#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "play_programs.hpp"

namespace corokit::generated {
namespace {

constexpr int kMiddle = 1;  // the owner of operations
constexpr int kGone = -1;

struct Subject {
  CancellationToken root;
  std::optional<CancellationToken> middle{root.child_token()};
  CancellationToken leaf = middle->child_token();
};

struct Model {
  bool root = false;
  bool leaf = false;
  bool below_root = false;  // what is below the root is cancelled, or the middle was
  bool has_middle = true;
  enum class Waits { for_root, for_leaf, to_cancel };
  std::array<Waits, kThreads + 1> waits{};

  Answer cancel_root(std::size_t thread) {
    if (root) return 0;
    leaf = below_root = true;
    waits[thread] = Waits::to_cancel;
    return std::nullopt;
  }
  Answer cancel_middle() {
    if (!has_middle) return kGone;
    leaf = true;
    return 0;
  }
  Answer drop_middle() { return std::exchange(has_middle, false) ? 0 : kGone; }
  Answer wait(std::size_t thread, Waits what) {
    waits[thread] = what;
    return end(thread);
  }
  Answer end(std::size_t thread) {
    if (waits[thread] == Waits::to_cancel) root = true;
    const bool is_over = waits[thread] == Waits::for_leaf ? leaf : root;
    return is_over ? Answer(0) : std::nullopt;
  }
  void drop(std::size_t) {}
};

int cancel_middle(Subject& s, Player&) {
  if (!s.middle) return kGone;
  s.middle->cancel();
  return 0;
}
int drop_middle(Subject& s, Player&) {
  if (!s.middle) return kGone;
  s.middle.reset();
  return 0;
}
int look(Subject& s, Player&) {
  return 2 * s.root.is_cancelled() + s.leaf.is_cancelled();
}
int make_child(Subject& s, Player&) {
  const CancellationToken child = s.root.child_token();
  return child.is_cancelled();
}

const Primitive<Subject, Model> kToken{
    .name = "CancellationToken",
    .alphabet =
        {
            {"cancel the root", [](Subject& s, Player&) { return s.root.cancel(), 0; },
             [](Model& m, std::size_t thread) { return m.cancel_root(thread); }},
            {"cancel the middle", cancel_middle, [](Model& m, std::size_t) { return m.cancel_middle(); }, 0,
             kMiddle},
            {"drop the middle", drop_middle, [](Model& m, std::size_t) { return m.drop_middle(); }, 0,
             kMiddle},
            {"root.cancelled",
             [](Subject& s, Player& p) { return p.await(s.root.cancelled(), [] { return 0; }); },
             [](Model& m, std::size_t thread) { return m.wait(thread, Model::Waits::for_root); }, 1},
            {"leaf.cancelled",
             [](Subject& s, Player& p) { return p.await(s.leaf.cancelled(), [] { return 0; }); },
             [](Model& m, std::size_t thread) { return m.wait(thread, Model::Waits::for_leaf); }, 1},
            {"root.is_cancelled", [](Subject& s, Player&) { return int{s.root.is_cancelled()}; },
             [](Model& m, std::size_t) -> Answer { return m.root; }},
            {"leaf.is_cancelled", [](Subject& s, Player&) { return int{s.leaf.is_cancelled()}; },
             [](Model& m, std::size_t) -> Answer { return m.leaf; }},
            {"another child", make_child, [](Model& m, std::size_t) -> Answer { return m.below_root; }},
        },
    .observed = {"root and leaf", look, [](Model& m, std::size_t) -> Answer { return 2 * m.root + m.leaf; }},
};

TEST(CancellationTokenPrograms, CancelAllDescendantsAndWakeAllWaiters) {
  EXPECT_TRUE(every_program_is_explained(kToken));
}

TEST(CancellationTokenPrograms, WakeAllWaitersWhereOldValuesAreSeen) {
  EXPECT_TRUE(every_program_is_explained(kToken, kOldValues));
}

}  // namespace
}  // namespace corokit::generated
