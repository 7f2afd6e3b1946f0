#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Keeps the beginning and the end of a text of any length, in bounded memory.
class CappedText {
 public:
  explicit CappedText(std::size_t cap) : half_(cap / 2 + 1) {}

  void append(std::string_view text) {
    const std::size_t fits = std::min(text.size(), half_ - head_.size());
    head_.append(text.substr(0, fits));
    text.remove_prefix(fits);
    total_ += fits + text.size();
    if (text.size() > half_) text.remove_prefix(text.size() - half_);
    tail_.append(text);
    if (tail_.size() > 2 * half_) tail_.erase(0, tail_.size() - half_);
  }

  /// Returns: the number of bytes that were appended.
  std::size_t total() const noexcept { return total_; }

  /// Returns: whether text() leaves the middle out.
  bool shortened() const noexcept { return total_ > head_.size() + end().size(); }

  std::string text() const {
    if (!shortened()) return head_ + std::string(end());
    const std::size_t lost = total_ - head_.size() - end().size();
    return head_ + "\n[… " + std::to_string(lost) + " bytes left out …]\n" + std::string(end());
  }

 private:
  std::string_view end() const noexcept {
    return std::string_view(tail_).substr(tail_.size() > half_ ? tail_.size() - half_ : 0);
  }

  std::size_t half_;
  std::size_t total_ = 0;
  std::string head_;
  std::string tail_;
};

}  // namespace corokit::moulinette
