#include "timeline.hpp"

#include "axis.hpp"
#include "terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace corokit::explorer {
namespace {

using State = Recording::State;

constexpr std::size_t kLeastWidth = 60;
constexpr std::size_t kLongestName = 24;
constexpr std::size_t kLeastBar = 36;
constexpr std::int64_t kWidestStep = 4;  // columns
constexpr std::size_t kGap = 2;          // columns between two parts of a row

constexpr char32_t kRuns = U'█';
constexpr char32_t kWaits = U'░';
constexpr char32_t kReady = U'·';
constexpr char32_t kInstant = U'|';
constexpr char32_t kBroke = U'▲';

/// The spans of a lane and what is said of them.
struct Lane {
  std::vector<Recording::Span> spans;
  std::size_t importance = 2;  // 0: the finding is about it; 1: it waits at the end; 2: others
};

/// Returns: a length or a point of the axis: "200 ms", "1 step".
std::string amount(const Axis& axis, std::int64_t value) {
  if (!axis.counts_steps) return time_text(value);
  return std::to_string(value) + (value == 1 ? " step" : " steps");
}

bool waits_at_the_end(const Axis& axis, const Lane& lane) {
  return !lane.spans.empty() && lane.spans.back().state == State::waiting &&
         lane.spans.back().end == axis.end;
}

std::vector<Lane> lanes_of(const Recording& recording, const Axis& axis) {
  std::vector<Lane> lanes(recording.lanes.size());
  for (const Recording::Span& span : axis.spans) {
    if (span.lane >= lanes.size()) lanes.resize(span.lane + 1);
    lanes[span.lane].spans.push_back(span);
  }
  for (Lane& lane : lanes) lane.importance = waits_at_the_end(axis, lane) ? 1 : 2;
  for (const std::size_t place : recording.broken_at) {
    if (place < recording.steps.size() && recording.steps[place].lane < lanes.size()) {
      lanes[recording.steps[place].lane].importance = 0;
    }
  }
  return lanes;
}

/// Returns: what is said behind the bar: how long the lane took, and what it waited for most.
std::string remark(const Axis& axis, const Lane& lane) {
  if (lane.spans.empty()) return "does nothing";
  const Recording::Span& last = lane.spans.back();
  const auto what = [](const std::string& name) { return name.empty() ? "" : ": " + printable(name); };
  if (waits_at_the_end(axis, lane)) {
    const std::string since =
        axis.counts_steps ? "step " + std::to_string(last.begin) : time_text(last.begin);
    return "waits since " + since + what(last.what);
  }
  std::map<std::string, std::int64_t> waits;
  for (const Recording::Span& span : lane.spans) {
    if (span.state == State::waiting) waits[span.what] += span.end - span.begin;
  }
  const auto longest = std::max_element(waits.begin(), waits.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::int64_t end = last.state == State::finished ? last.begin : last.end;
  std::string text = amount(axis, end - lane.spans.front().begin);
  if (longest != waits.end() && longest->second > 0) {
    text += "; waits " + amount(axis, longest->second) + what(longest->first);
  }
  return text;
}

class Drawing {
 public:
  Drawing(const Recording& recording, const TimelineOptions& options)
      : recording_(recording),
        colour_(options.colour),
        say_(options.say),
        width_(std::max(options.width, kLeastWidth)),
        axis_(axis_of(recording)),
        lanes_(lanes_of(recording, axis_)) {
    choose(options.rows);
    std::size_t longest = 0;
    for (const std::size_t lane : shown_) {
      name_width_ = std::max(name_width_, columns(lane_name(recording_, lane)));
      longest = std::max(longest, columns(said(remark(axis_, lanes_[lane]))));
    }
    for (const auto& series : axis_.series)
      name_width_ = std::max(name_width_, columns(printable(series.name)));
    name_width_ = std::min(name_width_, kLongestName);
    const std::size_t room = std::max(width_, name_width_ + 2 * kGap + kLeastBar) - name_width_ - 2 * kGap;
    bar_ = static_cast<std::int64_t>(room - std::min(longest, room - kLeastBar));
    if (axis_.counts_steps && axis_.end <= bar_)
      bar_ = axis_.end * std::min(kWidestStep, bar_ / std::max<std::int64_t>(axis_.end, 1));
  }

  std::string text() {
    if (axis_.end == 0) return said("Nothing happened.") + '\n';
    draw_scale();
    for (const std::size_t lane : shown_) draw_lane(lane);
    for (const Recording::Series& series : axis_.series) draw_series(series);
    draw_finding();
    draw_notes();
    return std::move(text_);
  }

 private:
  std::string said(const std::string& english) const { return say_ ? say_(english) : english; }

  /// The column in which a point of the axis is.
  std::size_t column(std::int64_t point) const {
    const double share = static_cast<double>(point) / static_cast<double>(axis_.end);
    return static_cast<std::size_t>(std::clamp<double>(std::floor(share * static_cast<double>(bar_) + 1e-9),
                                                       0, static_cast<double>(bar_ - 1)));
  }
  std::size_t bar() const { return static_cast<std::size_t>(bar_); }

  void choose(std::size_t rows) {
    for (std::size_t importance = 0; importance <= 2; ++importance) {
      for (std::size_t lane = 0; lane < lanes_.size() && shown_.size() < rows; ++lane) {
        if (lanes_[lane].importance == importance) shown_.push_back(lane);
      }
    }
    std::ranges::sort(shown_);
  }

  void add_row(std::string name, std::string rest) {
    std::string row = pad(elide(name, name_width_), name_width_ + kGap) + rest;
    row.erase(row.find_last_not_of(' ') + 1);
    text_ += row + '\n';
  }

  /// Returns: the distance of two labels: 1, 2 or 5 times a power of ten.
  std::int64_t tick() const {
    std::int64_t distance = 1;
    for (int i = 0;; ++i) {
      const auto room =
          static_cast<double>(distance) * static_cast<double>(bar_) / static_cast<double>(axis_.end);
      const std::int64_t last = axis_.end / distance * distance;
      if (room >= static_cast<double>(columns(label(last)) + 2) || distance > axis_.end / 2) return distance;
      distance = i % 3 == 1 ? distance / 2 * 5 : distance * 2;
    }
  }
  std::string label(std::int64_t point) const {
    return axis_.counts_steps ? std::to_string(point) : time_text(point);
  }

  void draw_scale() {
    std::string scale;
    const std::int64_t distance = tick();
    for (std::int64_t point = 0; point <= axis_.end; point += distance) {
      const std::size_t at = point == axis_.end ? bar() : column(point);
      if (axis_.counts_steps && point == axis_.end) break;
      if (at < columns(scale) || name_width_ + kGap + at + columns(label(point)) > width_) break;
      scale = pad(std::move(scale), at) + label(point);
      if (point > axis_.end - distance) break;
    }
    add_row(said(axis_.counts_steps ? "Step:" : "Time:"), scale);
  }

  /// Returns: for each column what the lane did there for most of the time.
  std::u32string bar_of(const Lane& lane) {
    std::vector<std::array<double, 3>> shares(bar());  // ready, running, waiting
    std::u32string bar(this->bar(), U' ');
    const double scale = static_cast<double>(bar_) / static_cast<double>(axis_.end);
    for (const Recording::Span& span : lane.spans) {
      if (span.state == State::finished) continue;
      const double begin = static_cast<double>(span.begin) * scale;
      const double end = static_cast<double>(span.end) * scale;
      for (std::size_t i = column(span.begin); i < bar.size() && static_cast<double>(i) < end; ++i) {
        const auto left = static_cast<double>(i);
        shares[i][static_cast<std::size_t>(span.state)] +=
            std::max(0.0, std::min(end, left + 1) - std::max(begin, left));
      }
    }
    for (std::size_t i = 0; i < bar.size(); ++i) {
      const auto [ready, running, waiting] = shares[i];
      if (ready + running + waiting < 0.05) continue;
      bar[i] = running >= waiting && running >= ready ? kRuns : waiting >= ready ? kWaits : kReady;
    }
    if (axis_.counts_steps) return bar;  // each step has a length
    for (const Recording::Span& span : lane.spans) {
      char32_t& there = bar[column(span.begin)];
      if (span.state == State::running && column(span.begin) == column(span.end) && there != kRuns)
        there = kInstant;
    }
    return bar;
  }

  void draw_lane(std::size_t lane) {
    const std::u32string bar = bar_of(lanes_[lane]);
    std::string row;
    for (const char32_t c : bar) append(row, c);
    seen_ += bar;
    const std::size_t room = width_ - name_width_ - 2 * kGap - this->bar();
    add_row(lane_name(recording_, lane),
            row + std::string(kGap, ' ') + elide(said(remark(axis_, lanes_[lane])), room));
  }

  /// Each value stands where it begins to hold; a value that has no room before it changes again is left out.
  void draw_series(const Recording::Series& series) {
    std::string row;
    std::string last;
    std::size_t next = 0;
    for (std::size_t at = 0; at < bar(); ++at) {
      for (; next < series.values.size() && column(series.values[next].first) <= at; ++next) {
        last = std::to_string(series.values[next].second);
      }
      if (last.empty() || columns(row) > at) continue;
      row = pad(std::move(row), at);
      row.append(last).append(" ");
      last.clear();
    }
    add_row(printable(series.name), elide(row, width_ - name_width_ - kGap));
  }

  void draw_finding() {
    if (recording_.finding.empty()) return;
    std::u32string marks(bar(), U' ');
    for (const std::size_t place : recording_.broken_at) {
      if (place < axis_.steps.size()) marks[column(axis_.steps[place])] = kBroke;
    }
    std::string row;
    for (const char32_t c : marks) append(row, c);
    if (!recording_.broken_at.empty()) add_row("", row);
    for (const std::string& line : printable_lines(recording_.finding)) {
      for (const std::string& part : wrap(line, width_, 2)) text_ += inked(part) + '\n';
    }
  }
  std::string inked(const std::string& text) const {
    return colour_ ? "\x1b[1;31m" + text + "\x1b[0m" : text;
  }

  void draw_notes() {
    std::string legend;
    constexpr std::array<std::pair<char32_t, const char*>, 4> kMeanings{{{kRuns, "runs or sleeps"},
                                                                         {kWaits, "waits"},
                                                                         {kReady, "could run"},
                                                                         {kInstant, "runs for a moment"}}};
    for (const auto& [mark, meaning] : kMeanings) {
      if (seen_.find(mark) == std::u32string::npos) continue;
      if (!legend.empty()) legend += "   ";
      append(legend, mark);
      legend += " " + said(axis_.counts_steps && mark == kRuns ? "runs" : meaning);
    }
    if (!legend.empty()) text_ += legend + '\n';
    if (axis_.counts_steps && recording_.in_virtual_time) {
      text_ += said("All of this happens at 0 ms, so that the scale counts steps.") + '\n';
    }
    if (shown_.size() == lanes_.size()) return;
    std::string hidden = std::to_string(lanes_.size() - shown_.size()) + " more: ";
    for (std::size_t lane = 0, count = 0; lane < lanes_.size(); ++lane) {
      if (!std::ranges::binary_search(shown_, lane))
        hidden += (count++ ? ", " : "") + lane_name(recording_, lane);
    }
    for (const std::string& line : wrap(said(hidden), width_, 2, 2)) text_ += line + '\n';
  }

  const Recording& recording_;
  const bool colour_;
  const std::function<std::string(const std::string&)> say_;
  const std::size_t width_;
  const Axis axis_;
  const std::vector<Lane> lanes_;
  std::vector<std::size_t> shown_;
  std::size_t name_width_ = 5;
  std::int64_t bar_ = 0;  // columns
  std::u32string seen_;   // all marks that were drawn
  std::string text_;
};

}  // namespace

std::string draw_timeline(const Recording& recording, const TimelineOptions& options) {
  return Drawing(recording, options).text();
}

}  // namespace corokit::explorer
