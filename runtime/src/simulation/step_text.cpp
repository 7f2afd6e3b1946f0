#include "step_text.hpp"

#include "terminal_text.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace corokit::explorer {
namespace {

constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kLongestName = 40;

class Drawing {
 public:
  Drawing(const Recording& recording, std::size_t place, const StepOptions& options)
      : recording_(recording),
        place_(place),
        width_(std::max(options.width, kLeastWidth)),
        colour_(options.colour),
        say_(options.say) {}

  std::string text() {
    draw_step();
    draw_rows("Lanes:", lanes());
    draw_rows("Values:", values());
    draw_finding();
    return std::move(text_);
  }

 private:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  std::string said(const std::string& english) const { return say_ ? say_(english) : english; }
  const Recording::Step& step(std::size_t place) const { return recording_.steps[place]; }
  std::string step_name(std::size_t place) const {
    return "step " + std::to_string(recording_.number(place));
  }

  void add(const std::string& line, const char* code = nullptr) {
    text_ +=
        colour_ && code != nullptr ? std::string("\x1b[") + code + "m" + line + "\x1b[0m\n" : line + '\n';
  }
  void add_wrapped(const std::string& text, const char* code = nullptr) {
    for (const std::string& line : wrap(text, width_, 4)) add(line, code);
  }

  void draw_step() {
    const Recording::Step& now = step(place_);
    std::string title = "Step " + std::to_string(recording_.number(place_)) + " of " +
                        std::to_string(recording_.number(recording_.steps.size() - 1));
    if (recording_.in_virtual_time) title += " at " + time_text(now.time);
    title += ": " + lane_name(recording_, now.lane);
    if (place_ > 0 && !now.switched.empty()) {
      title +=
          ", after " + lane_name(recording_, step(place_ - 1).lane) + " (" + printable(now.switched) + ")";
    }
    for (const std::string& line : wrap(said(title), width_, 2)) add(line, "1");
    std::string source = printable(now.source);
    source.erase(0, source.find_first_not_of(' '));
    if (!now.place.empty() || !source.empty()) add_wrapped("  " + printable(now.place) + "  " + source);
    if (!now.operation.empty()) add_wrapped("    " + printable(now.operation));
  }

  void draw_rows(const char* title, const Rows& rows) {
    if (rows.empty()) return;
    add(said(title), "2");
    std::size_t longest = 0;
    for (const auto& [name, what] : rows) longest = std::max(longest, columns(name));
    longest = std::min(longest, kLongestName);
    for (const auto& [name, what] : rows)
      add(elide("  " + pad(elide(name, longest), longest) + "  " + what, width_));
  }

  /// Returns: what the lane of a step does after it, at this moment.
  std::string after(std::size_t place) const {
    const std::string& operation = step(place).operation;
    if (place == place_) return operation.starts_with("waits") ? printable(operation) : "runs";
    const std::string& reason = step(place + 1).switched;
    std::string ran = "ran last in " + step_name(place);
    if (reason.empty()) return ran;
    return ran + ": " + printable(operation.starts_with(reason) ? operation : reason);
  }

  /// What each lane does after the step: what it did last, or why it stopped.
  Rows lanes() const {
    Rows rows;
    for (std::size_t lane = 0; lane < recording_.lanes.size(); ++lane) {
      std::string what = "has not run yet";
      for (std::size_t i = 0; i <= place_; ++i) {
        if (step(i).lane == lane) what = after(i);
      }
      rows.emplace_back(lane_name(recording_, lane), said(what));
    }
    return rows;
  }

  Rows values() const {
    std::map<std::string, std::pair<std::string, std::size_t>> newest;  // the value, and where it is from
    for (std::size_t i = 0; i <= place_; ++i) {
      for (const auto& [name, value] : step(i).values) newest[name] = {value, i};
    }
    Rows rows;
    for (const auto& [name, value] : newest) {
      const std::string by =
          lane_name(recording_, step(value.second).lane) + ", " + said(step_name(value.second));
      rows.emplace_back(printable(name), printable(value.first) + "  (" + by + ")");
    }
    return rows;
  }

  void draw_finding() {
    if (place_ + 1 < recording_.steps.size()) return;
    for (const std::string& line : printable_lines(recording_.finding)) add_wrapped(line, "1;31");
  }

  const Recording& recording_;
  const std::size_t place_;
  const std::size_t width_;
  const bool colour_;
  const std::function<std::string(const std::string&)> say_;
  std::string text_;
};

}  // namespace

std::string draw_step(const Recording& recording, std::size_t place, const StepOptions& options) {
  if (recording.steps.empty()) return (options.say ? options.say("No steps.") : "No steps.") + '\n';
  return Drawing(recording, place, options).text();
}

}  // namespace corokit::explorer
