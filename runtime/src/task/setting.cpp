#include <corokit/detail/task/fork.hpp>
#include <corokit/detail/task/setting.hpp>

#include <utility>

namespace corokit::detail {

const char Setting::kUnconstrained = 0;

Setting* Setting::find(const Branch* branch, const void* kind) noexcept {
  bool is_elsewhere = false;  // at a branch of the task that forked this one, which another thread may run
  while (branch) {
    if (branch->is_root()) {
      // A guest must stay with its own task.
      branch = kind ? ForkPoint::waiting_for(*branch->task()) : nullptr;
      is_elsewhere = true;
      continue;
    }
    const auto& child = static_cast<const ChildBranch&>(*branch);
    const ChildBranch::Owner& owner = *child.owned_by;
    Setting* const setting = owner.setting ? owner.setting(child) : nullptr;
    if (setting && (!kind || setting->kind_ == kind)) return setting;
    if (is_elsewhere && owner.is_awaited_again) return nullptr;
    branch = owner.parent(child);
  }
  return nullptr;
}

Setting* Setting::find_any(const Branch* branch) noexcept {
  return find(branch, nullptr);
}

void Setting::close(const Branch* outside) noexcept {
  if (!guests_) return;
  Setting* const around = find_any(outside);
  while (guests_) guests_->stay_in(around);
}

void Guest::stay_in(Setting* host) noexcept {
  if (host_) {
    (prev_ ? prev_->next_ : host_->guests_) = next_;
    if (next_) next_->prev_ = prev_;
  }
  host_ = host;
  prev_ = nullptr;
  next_ = host ? std::exchange(host->guests_, this) : nullptr;
  if (next_) next_->prev_ = this;
}

}  // namespace corokit::detail
