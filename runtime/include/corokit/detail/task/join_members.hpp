#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/join_handle.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace corokit::detail {

/// The members of a JoinSet or a JoinMap: spawned tasks, of which those that are over are kept in the order of completion.
/// A member has a label: its key in a JoinMap, and nothing in a JoinSet.
///
/// Who may touch what: all belongs to the owner of the set, who is one thread at a time. A task that ends calls on_done()
/// on its own thread; `lock` guards what that touches.
template <class T, class Label>
struct JoinMembers {
  class Wait;

  struct Entry : JoinWaiter, FromFramePool<Entry> {
    explicit Entry(JoinMembers& of, JoinHandle<T>&& task, Label&& named)
        : members(of), handle(std::move(task)), label(std::move(named)) {
      notify = &on_done;
    }
    JoinMembers& members;
    JoinHandle<T> handle;
    [[no_unique_address]] Label label;
    Entry* prev = nullptr;  // prev and next link the list of all members
    Entry* next = nullptr;
    // Guarded by lock:
    Entry* preceding = nullptr;  // preceding and following link the list of those that are done
    Entry* following = nullptr;
  };

  Entry* all = nullptr;
  std::size_t size = 0;
  // Guarded by lock:
  Lock lock;
  Entry* first_done = nullptr;
  Entry* last_done = nullptr;
  Wait* waiting = nullptr;  // the join_next() that has begun and has no result yet

  JoinMembers() = default;
  JoinMembers(const JoinMembers&) = delete;
  JoinMembers& operator=(const JoinMembers&) = delete;
  ~JoinMembers() {
    while (all) clear();  // a destructor that runs in clear() may insert a member
  }

  Entry& insert(JoinHandle<T>&& handle, Label&& label) {
    return insert(std::make_unique<Entry>(*this, std::move(handle), std::move(label)));
  }
  Entry& insert(std::unique_ptr<Entry> owned) noexcept {
    Entry& entry = *owned.release();
    entry.next = all;
    if (all) all->prev = &entry;
    all = &entry;
    ++size;
    WakeBatch batch;
    if (!register_join(entry.handle.cell(), entry)) on_done(entry, batch);  // over already
    return entry;
  }

  void abort_all() noexcept {
    for (Entry* entry = all; entry; entry = entry->next) entry->handle.abort();
  }

  static void on_done(JoinWaiter& waiter, WakeBatch& batch) noexcept {
    auto& entry = static_cast<Entry&>(waiter);
    JoinMembers& self = entry.members;
    Locked locked(self.lock);
    if (self.waiting && self.waiting->sleeps_locked()) return batch.add(self.waiting->give_locked(&entry));
    entry.preceding = self.last_done;
    (self.last_done ? self.last_done->following : self.first_done) = &entry;
    self.last_done = &entry;
  }

  Entry* pop_done_locked() noexcept {
    Entry* entry = first_done;
    if (entry) unlink_done_locked(*entry);
    return entry;
  }
  Entry* pop_done() noexcept {
    Locked locked(lock);
    return pop_done_locked();
  }
  void put_back_locked(Entry& entry) noexcept {
    entry.following = first_done;
    (first_done ? first_done->preceding : last_done) = &entry;
    first_done = &entry;
  }
  void unlink_done_locked(Entry& entry) noexcept {
    (entry.preceding ? entry.preceding->following : first_done) = entry.following;
    (entry.following ? entry.following->preceding : last_done) = entry.preceding;
    entry.preceding = entry.following = nullptr;
  }

  /// Removes a member that is over and not on the list of those that are done any more. Returns: the member.
  std::unique_ptr<Entry> extract_done(Entry& entry) noexcept {
    // The notification of the entry may not have ended; this waits for the few instructions that are left of it.
    unregister_join(entry.handle.cell(), entry);
    return extract(entry);
  }

  /// Removes a member, done or not, unless a join_next() that waits was given it. Returns: the member; null in that case.
  std::unique_ptr<Entry> extract_any(Entry& entry) noexcept {
    if (!unregister_join(entry.handle.cell(), entry)) {
      Locked locked(lock);
      if (waiting && waiting->has_locked(entry)) return nullptr;
      unlink_done_locked(entry);
    }
    return extract(entry);
  }

  /// Detaches all members. The destructors of results and labels may use the set, and find it empty.
  void clear() noexcept {
    for (Entry* entry = all; entry; entry = entry->next) unregister_join(entry->handle.cell(), *entry);
    Entry* entry = std::exchange(all, nullptr);
    size = 0;
    TaskHeader* woken = nullptr;
    {
      Locked locked(lock);
      first_done = last_done = nullptr;
      if (waiting) woken = waiting->give_locked(nullptr);
    }
    schedule(woken);
    while (entry) delete std::exchange(entry, entry->next);
  }

 private:
  std::unique_ptr<Entry> extract(Entry& entry) noexcept {
    (entry.prev ? entry.prev->next : all) = entry.next;
    if (entry.next) entry.next->prev = entry.prev;
    --size;
    return std::unique_ptr<Entry>(&entry);
  }
};

/// Waits for the next member that ends. A class that derives from it says what it gives.
template <class T, class Label>
class JoinMembers<T, Label>::Wait : public Awaiter<Wait> {
 public:
  static constexpr const char* kName =
      std::is_same_v<Label, Unit> ? "JoinSet::join_next" : "JoinMap::join_next";

  bool try_complete() {
    Locked locked(members_.lock);
    if (members_.waiting)
      throw std::logic_error(
          "corokit: join_next() was called while another join_next() waits for the same tasks");
    begun_ = true;
    members_.waiting = this;
    entry_ = members_.pop_done_locked();
    return entry_ || members_.size == 0;
  }
  bool suspend() noexcept {
    Locked locked(members_.lock);
    entry_ = members_.pop_done_locked();
    return sleeps_ = !entry_;
  }
  void fail(std::exception_ptr reason) noexcept { failure_ = std::move(reason); }

  bool sleeps_locked() const noexcept { return sleeps_; }
  bool has_locked(const Entry& entry) const noexcept { return entry_ == &entry; }
  Entry* given_locked() const noexcept { return entry_; }
  /// Makes `entry`, or none for null, the result of this wait. Returns: the task to schedule, or null.
  TaskHeader* give_locked(Entry* entry) noexcept {
    entry_ = entry;
    return std::exchange(sleeps_, false) ? mark_ready(this->branch()) : nullptr;
  }

 protected:
  explicit Wait(JoinMembers& members) noexcept : members_(members) {}
  Wait(Wait&& other) noexcept : Awaiter<Wait>(other), members_(other.members_) {}
  ~Wait() {
    if (!begun_) return;
    Locked locked(members_.lock);
    members_.waiting = nullptr;
    if (entry_) members_.put_back_locked(*entry_);
  }
  /// Ends the wait. Returns: the member that is over, off the list of those that are done; null if there was none.
  /// Throws: std::logic_error if another join_next() waited.
  Entry* finish() {
    if (failure_) std::rethrow_exception(failure_);
    begun_ = false;
    Locked locked(members_.lock);
    members_.waiting = nullptr;
    return entry_;
  }

 private:
  JoinMembers& members_;
  bool begun_ = false;
  std::exception_ptr failure_;  // another join_next() waits
  // Guarded by the lock while this is JoinMembers::waiting:
  Entry* entry_ = nullptr;  // the result, which is off the list of those that are done
  bool sleeps_ = false;
};

}  // namespace corokit::detail
