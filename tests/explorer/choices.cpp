#include "choices.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace corokit::model {

std::string token(const Deviations& schedule) {
  std::string text;
  for (const Deviation& deviation : schedule)
    text +=
        (text.empty() ? "" : "-") + std::to_string(deviation.place) + "." + std::to_string(deviation.choice);
  return text.empty() ? "0" : text;
}

std::optional<Deviations> parse_token(std::string_view token) {
  Deviations schedule;
  if (token == "0") return schedule;
  const char* at = token.data();
  const char* const end = at + token.size();
  const auto read = [&](std::size_t& number, char before) {
    if (before != '\0' && (at == end || *at++ != before)) return false;
    const auto [stop, failed] = std::from_chars(at, end, number);
    at = stop;
    return failed == std::errc();
  };
  do {
    Deviation deviation{};
    if (!read(deviation.place, schedule.empty() ? '\0' : '-') || !read(deviation.choice, '.')) return {};
    if (deviation.choice == 0 || (!schedule.empty() && schedule.back().place >= deviation.place)) return {};
    schedule.push_back(deviation);
  } while (at != end);
  return schedule;
}

Deviations shrink(Deviations schedule, const std::function<bool(const Deviations&)>& fails) {
  for (std::size_t length = schedule.size(); length > 0; length = std::min(length / 2, schedule.size())) {
    bool again = false;
    for (std::size_t from = 0; from < schedule.size();) {
      Deviations shorter = schedule;
      const auto first = shorter.begin() + static_cast<std::ptrdiff_t>(from);
      const auto count = static_cast<std::ptrdiff_t>(std::min(length, schedule.size() - from));
      shorter.erase(first, first + count);
      if (fails(shorter)) {
        schedule = std::move(shorter);
        again = true;
      } else {
        from += length;
      }
    }
    if (again && length == 1) length = 2;  // what is left may be needed no more
  }
  return schedule;
}

Choices Choices::replay(Deviations schedule) {
  Choices choices(0);
  choices.replayed_ = std::move(schedule);
  return choices;
}

std::size_t Choices::next(std::size_t count) {
  if (count == 1) return 0;
  if (depth_ == made_.size()) made_.push_back({choose(count), count});
  const Made& made = made_[depth_++];
  if (made.count != count) {
    std::fputs(
        "the program of this model test is not deterministic: its operations must not depend on earlier "
        "schedules\n",
        stderr);
    std::abort();
  }
  return made.choice;
}

std::size_t Choices::choose(std::size_t count) {
  if (replayed_) {
    if (next_deviation_ == replayed_->size() || (*replayed_)[next_deviation_].place != made_.size()) return 0;
    const std::size_t choice = (*replayed_)[next_deviation_++].choice;
    return choice < count ? choice : 0;  // a shorter schedule may have come to another place
  }
  return random_ != 0 && draw(one_in_) == 0 ? draw(count) : 0;
}

bool Choices::advance() {
  depth_ = 0;
  if (replayed_) return false;
  if (random_ != 0) {
    made_.clear();
    one_in_ = std::size_t{1} << (1 + draw(7));
    return true;
  }
  while (!made_.empty() && ++made_.back().choice == made_.back().count) made_.pop_back();
  return !made_.empty();
}

Deviations Choices::deviations() const {
  Deviations schedule;
  for (std::size_t place = 0; place < depth_; ++place)
    if (made_[place].choice != 0) schedule.push_back({place, made_[place].choice});
  return schedule;
}

std::size_t Choices::draw(std::size_t count) {
  random_ ^= random_ << 13U;  // xorshift64
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  return (random_ >> 20U) % count;
}

}  // namespace corokit::model
