#include <12_cancel_token/cancel_token.hpp>

#include <array>
#include <explorer/program.hpp>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace {

using namespace mini;
using explored::require;

/// Runs a task up to where it waits; the destructor drops it there, if it has not ended.
class Run : Job {
 public:
  explicit Run(Task<> task) : task_(std::move(task)) {
    leaf = task_.handle();
    run();
  }
  void wake() noexcept override {
    ++wakes_;
    ++touched_;  // whoever was woken still waits for this: it takes the lock that the waker holds
  }

  bool ended() const noexcept { return task_.done(); }
  int wakes() const noexcept { return wakes_; }
  /// Lets it go on, if it was woken.
  void go_on() {
    if (wakes_ == 0) return;
    require(wakes_ == 1, "a wait is woken once");
    wakes_ = 0;
    run();
  }

 private:
  std::atomic<int> wakes_ = 0;
  int touched_ = 0;
  Task<> task_;
};

Task<> wait_for(CancelToken token) {
  co_await token.cancelled();
  require(token.is_cancelled(), "cancelled() ends when the token is cancelled");
}

COROKIT_EXPLORED(copies_are_one_token) {
  const CancelToken token;
  const CancelToken copy = token;
  const CancelToken other;
  require(!token.is_cancelled() && !copy.is_cancelled(), "a new token is not cancelled");
  (explored::choose(2) ? token : copy).cancel();
  require(token.is_cancelled() && copy.is_cancelled(), "a copy is the same token");
  require(!other.is_cancelled(), "another token is not cancelled");
  token.cancel();
  require(token.is_cancelled(), "another cancel() changes nothing");
}

COROKIT_EXPLORED(cancel_wakes_who_waits) {
  const CancelToken token;
  std::array<std::optional<Run>, 3> waits;
  for (auto& wait : waits) {
    wait.emplace(wait_for(token));
    require(!wait->ended() && wait->wakes() == 0, "cancelled() waits until the token is cancelled");
  }
  waits[explored::choose(3)].reset();  // dropped while it waits
  token.cancel();
  if (explored::choose(2)) token.cancel();
  const std::size_t dropped = explored::choose(4);  // when it was woken; 3: none
  if (dropped < 3) waits[dropped].reset();
  for (auto& wait : waits) {
    if (!wait) continue;
    require(!wait->ended(), "cancel() wakes; it runs nothing of those who wait");
    require(wait->wakes() == 1, "cancel() wakes each one who waits, once");
    wait->go_on();
    require(wait->ended(), "cancelled() ends when the token is cancelled");
  }
  Run late(wait_for(token));
  require(late.ended() && late.wakes() == 0, "cancelled() of a cancelled token does not wait");
}

COROKIT_EXPLORED(a_cancel_goes_down) {
  constexpr std::array<std::size_t, 6> parent{0, 0, 0,
                                              1, 1, 3};  // 0 is the root: 1 and 2; 3 and 4 below 1; 5 below 3
  std::array<std::optional<CancelToken>, 6> tokens;
  std::array<bool, 6> model{};
  std::array<std::optional<Run>, 6> waits;
  tokens[0].emplace();
  const std::size_t early = explored::choose(7);  // cancelled before the later ones are born; 6: none
  for (std::size_t i = 0; i < 6; ++i) {
    if (i > 0) tokens[i] = tokens[parent[i]]->child();
    if (i == early) tokens[i]->cancel();
    model[i] = i == early || model[parent[i]];
  }
  for (std::size_t i = 0; i < 6; ++i) waits[i].emplace(wait_for(*tokens[i]));
  const std::size_t cancelled = explored::choose(6);
  tokens[cancelled]->cancel();
  for (std::size_t i = 0; i < 6; ++i) {
    model[i] = model[i] || i == cancelled || model[parent[i]];
    require(tokens[i]->is_cancelled() == model[i],
            "a token is cancelled when it, or one above it, was: and no other");
    waits[i]->go_on();
    require(waits[i]->ended() == model[i],
            "those go on who wait for a token that is cancelled: and no others");
  }
}

COROKIT_EXPLORED(a_child_without_its_parent) {
  std::optional<CancelToken> child = CancelToken().child();
  require(!child->is_cancelled(), "a child whose parent is gone has not been cancelled");
  Run wait(wait_for(*child));
  child->cancel();
  require(child->is_cancelled(), "a child whose parent is gone can be cancelled");
  child.reset();
  wait.go_on();
  require(wait.ended(), "cancelled() ends when the token is cancelled");
}

COROKIT_EXPLORED(a_dead_parent_passes_on) {
  const CancelToken root;
  std::optional<CancelToken> middle = root.child();
  std::optional<CancelToken> sister = root.child();
  const CancelToken leaf = middle->child();
  std::optional<CancelToken> gone = middle->child();
  if (explored::choose(2)) sister.reset();
  if (explored::choose(2)) gone.reset();
  middle.reset();
  Run wait(wait_for(leaf));
  root.cancel();
  require(leaf.is_cancelled(), "a cancel comes down through tokens that are gone");
  wait.go_on();
  require(wait.ended(), "a cancel comes down through tokens that are gone");
}

COROKIT_EXPLORED(a_cancel_while_it_waits) {
  auto token = std::make_unique<CancelToken>();
  std::thread cancels([copy = *token] { copy.cancel(); });
  block_on(wait_for(*token));
  token.reset();  // and its frame is gone as well
  cancels.join();
}

COROKIT_EXPLORED(freed_at_once) {
  auto token = std::make_unique<CancelToken>();
  auto run = std::make_unique<Run>(wait_for(*token));
  std::thread cancels([copy = *token] { copy.cancel(); });
  token.reset();
  while (run->wakes() == 0) std::this_thread::yield();
  run->go_on();
  require(run->ended(), "cancelled() ends when the token is cancelled");
  run.reset();
  cancels.join();
}

COROKIT_EXPLORED(a_child_born_meanwhile) {
  const CancelToken root;
  std::thread cancels([&] { root.cancel(); });
  const bool was_cancelled = root.is_cancelled();
  const CancelToken child = root.child();
  require(!was_cancelled || child.is_cancelled(), "a child of a cancelled token is cancelled");
  block_on(wait_for(child));
  cancels.join();
}

COROKIT_EXPLORED(a_drop_meanwhile) {
  const CancelToken root;
  auto dropped = std::make_unique<Run>(wait_for(root.child()));
  Run waits(wait_for(root));
  explored::wants("a wait is dropped before it is woken");
  explored::wants("a wait is dropped after it was woken");
  std::thread cancels([&] { root.cancel(); });
  explored::reached(dropped->wakes() ? "a wait is dropped after it was woken"
                                     : "a wait is dropped before it is woken");
  dropped.reset();
  cancels.join();
  waits.go_on();
  require(waits.ended(), "cancelled() ends when the token is cancelled");
}

COROKIT_EXPLORED(two_cancels) {
  const CancelToken root;
  const CancelToken child = root.child();
  Run wait(wait_for(child));
  std::thread first([&] { root.cancel(); });
  std::thread second([&] { child.cancel(); });
  first.join();
  second.join();
  wait.go_on();
  require(wait.ended(), "cancelled() ends when the token is cancelled");
}

}  // namespace
