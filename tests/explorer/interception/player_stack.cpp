// Which line of the program has led to a call of ours. Its code keeps frame pointers; that of libraries does not.
#include <algorithm>
#include <string>

#include "player.hpp"

namespace corokit::model {
namespace {

constexpr std::uintptr_t kFrameAlignment = 16;

}  // namespace

void Player::stack_is_full(const void* code) {
  engine.threads.fail("a crash: the stack of " + lane_name(engine.threads.running()) +
                      " is full: too many calls are nested" + at(code));
}

/// Returns: where on the stack the first address after a call in the program's code is, at `from` or above: the frames of
/// libraries are small, so it is that of the program's call of them. Null if there is none.
const std::uintptr_t* Player::call_on_stack(const std::uintptr_t* from) const noexcept {
  constexpr std::size_t kWords = 256;
  const std::uintptr_t left = left_of_stack(from);
  if (left == kStack) return nullptr;
  const std::size_t words = std::min(kWords, (kStack - left) / sizeof(std::uintptr_t));
  for (std::size_t i = 0; i < words; ++i) {
    const auto* const after = reinterpret_cast<const unsigned char*>(from[i]);
    if (!image_.has_code(after) || !image_.has_code(after - 6)) continue;
    const bool direct = after[-5] == 0xe8;
    const bool indirect = after[-6] == 0xff || after[-4] == 0xff || after[-3] == 0xff || after[-2] == 0xff;
    if (direct || indirect) return from + i;
  }
  return nullptr;
}

/// Returns: the frame of a function that has made a call, whose return address is at `call`; null if it is not found. The
/// function that it called, or one that this called, has put it between `below` and `call`.
const std::uintptr_t* Player::frame_of_caller(const std::uintptr_t* below,
                                              const std::uintptr_t* call) const noexcept {
  const std::uintptr_t room = kStack - left_of_stack(call);
  for (const std::uintptr_t* word = call - 1; word >= below; --word) {
    const auto* const frame = reinterpret_cast<const std::uintptr_t*>(*word);
    const std::uintptr_t distance = *word - reinterpret_cast<std::uintptr_t>(call);
    if (*word % kFrameAlignment != 0 || distance == 0 || distance + 2 * sizeof *word > room) continue;
    if (word == call - 1 || image_.has_code(reinterpret_cast<const void*>(frame[1]))) return frame;
  }
  return nullptr;
}

/// Returns: the call in the program's own code that has led to `code`, in a function with this frame; null if it is not
/// found.
const void* Player::own_call(const void* code, const std::uintptr_t* frame) noexcept {
  constexpr std::size_t kFrames = 128;
  for (std::size_t i = 0; i < kFrames && lines_->in_library(code); ++i) {
    if (!frame) return nullptr;
    const bool is_own = image_.has_code(reinterpret_cast<const void*>(frame[1]));
    const std::uintptr_t* const call = is_own ? frame + 1 : call_on_stack(frame + 1);
    if (!call) return nullptr;
    code = reinterpret_cast<const void*>(*call);
    frame = frame_of_caller(frame, call);
  }
  return code;
}

const void* Player::first_own_code(const void* return_address, const void* frame) noexcept {
  const auto* const below = static_cast<const std::uintptr_t*>(frame);
  const std::uintptr_t* const call = image_.has_code(return_address) ? below + 1 : call_on_stack(below);
  if (!call) return return_address;
  const void* const code = reinterpret_cast<const void*>(*call);
  if (!lines_->in_library(code)) return code;
  const void* const own = own_call(code, frame_of_caller(below, call));
  return own ? own : return_address;
}

const void* Player::own_code(const void* return_address, const void* frame) {
  const void* const code = first_own_code(return_address, frame);
  if (left_of_stack(frame) < kGuard + kHeadroom) stack_is_full(code);
  places_[engine.threads.running()] =
      reinterpret_cast<std::uintptr_t>(return_address) * 31 + reinterpret_cast<std::uintptr_t>(code);
  return code;
}

const void* Player::own_code_at(const void* code, const void* frame, const void* stack) noexcept {
  if (!image_.has_code(code)) return first_own_code(code, stack);
  const void* const own =
      own_call(code, left_of_stack(frame) < kStack ? static_cast<const std::uintptr_t*>(frame) : nullptr);
  return own ? own : code;
}

}  // namespace corokit::model
