#include "table.hpp"

#include "repetitions.hpp"
#include "terminal_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace corokit::explorer {
namespace {

constexpr std::size_t kLeastColumn = 10;      // of a lane that others stand to the right of
constexpr std::size_t kLeastLastColumn = 36;  // with less room the table is a list
constexpr std::size_t kLongestName = 24;
constexpr std::size_t kMostLines = 4;  // of one source line or operation
constexpr const char* kSeparator = " │ ";
constexpr std::size_t kSeparatorWidth = 3;

enum class Ink { plain, faint, strong, bad };

std::string inked(const std::string& text, Ink ink, bool colour) {
  if (!colour || text.empty() || ink == Ink::plain) return text;
  const char* const code = ink == Ink::faint ? "2" : ink == Ink::strong ? "1" : "1;31";
  return std::string("\x1b[") + code + "m" + text + "\x1b[0m";
}

/// A paragraph of a cell. If there is room, `before` stands on its first line, else on a line of its own.
struct Paragraph {
  std::string before;
  std::string text;
  Ink ink = Ink::plain;
  std::size_t indent = 0;
  std::size_t most_lines = kMostLines;

  std::size_t natural_width() const {
    return indent + columns(text) + (before.empty() ? 0 : columns(before) + 2);
  }
};
using Cell = std::vector<Paragraph>;

struct Row {
  std::string step;
  std::string time;
  bool marked = false;
  std::string who;  // in a list
  std::size_t column = 0;
  Cell cell;
  bool across = false;  // is of no lane
};

struct Line {
  std::string text;
  Ink ink = Ink::plain;
};

std::vector<Line> lines_of(const Cell& cell, std::size_t width) {
  std::vector<Line> lines;
  for (const Paragraph& paragraph : cell) {
    std::string text = paragraph.text;
    if (!paragraph.before.empty()) {
      if (text.empty() || paragraph.natural_width() <= width) {
        text = paragraph.before + (text.empty() ? "" : "  ") + text;
      } else {
        lines.push_back({elide(paragraph.before, width), paragraph.ink});
      }
    }
    for (std::string& line : wrap(text, width - paragraph.indent, 2, paragraph.most_lines)) {
      lines.push_back({std::string(paragraph.indent, ' ') + std::move(line), paragraph.ink});
    }
  }
  return lines;
}

/// Returns: the lanes that took a step.
std::vector<std::size_t> active_lanes(const Recording& recording) {
  std::vector<std::size_t> lanes;
  for (const Recording::Step& step : recording.steps) lanes.push_back(step.lane);
  std::ranges::sort(lanes);
  lanes.erase(std::unique(lanes.begin(), lanes.end()), lanes.end());
  return lanes;
}

/// What the table consists of, before anything is fitted into a width.
class Rows {
 public:
  Rows(const Recording& recording, std::vector<std::size_t> lanes, bool is_list)
      : recording_(recording), lanes_(std::move(lanes)), is_list_(is_list) {
    if (recording_.steps.empty()) add_across({{"", "no steps", Ink::faint}});
    for (const Stretch& stretch : fold_repetitions(recording_)) add(stretch);
    add_gap(recording_.steps.size());
    add_finding();
  }

  const std::vector<Row>& all() const noexcept { return rows_; }
  std::vector<std::string> header() const {
    if (is_list_) return {"who", "what"};
    std::vector<std::string> names;
    for (const std::size_t lane : lanes_) names.push_back(lane_name(recording_, lane));
    return names;
  }

 private:
  const Recording::Step& step(std::size_t place) const { return recording_.steps[place]; }

  Row& add_row(std::size_t lane, Cell cell) {
    const auto column = static_cast<std::size_t>(std::ranges::find(lanes_, lane) - lanes_.begin());
    return rows_.emplace_back(Row{"", "", false, "", is_list_ ? 1 : column, std::move(cell), false});
  }
  void add_across(Cell cell) {
    rows_.push_back({"", "", false, "", is_list_ ? std::size_t{1} : 0, std::move(cell), true});
  }

  void add(const Stretch& stretch) {
    const std::size_t again = stretch.first + stretch.count;
    bool in_one_lane = true;
    for (std::size_t place = stretch.first; place < again; ++place) {
      add_step(place);
      in_one_lane = in_one_lane && step(place).lane == step(stretch.first).lane;
    }
    if (stretch.more == 0) return;
    add_switch(again);
    std::string text = stretch.count == 1 ? "(" : "(these " + std::to_string(stretch.count) + " steps ";
    text += std::to_string(stretch.more) + (stretch.more == 1 ? " more time)" : " more times)");
    if (in_one_lane) {
      add_row(step(again).lane, {{"", text, Ink::faint}});
    } else {
      add_across({{"", text, Ink::faint}});
    }
  }

  void add_switch(std::size_t place) {
    if (place == 0 || step(place).switched.empty()) return;
    if (step(place - 1).operation.starts_with(step(place).switched)) return;  // that says it
    if (recording_.left_out > 0 && place == recording_.left_out_at) return;   // who stopped is not known
    add_row(step(place - 1).lane, {{"", "(" + printable(step(place).switched) + ")", Ink::faint}});
  }

  void add_gap(std::size_t before) {
    if (recording_.left_out == 0 || recording_.left_out_at != before) return;
    add_across({{"", "… " + std::to_string(recording_.left_out) + " steps are left out …", Ink::faint}});
  }

  void add_step(std::size_t place) {
    add_gap(place);
    add_switch(place);
    const Recording::Step& what = step(place);
    Cell cell;
    std::string source = printable(what.source);
    source.erase(0, source.find_first_not_of(' '));
    if (!what.place.empty() || !source.empty()) cell.push_back({printable(what.place), source});
    if (!what.operation.empty()) {
      cell.push_back({"", printable(what.operation), Ink::faint, cell.empty() ? std::size_t{0} : 2});
    }
    const std::string values =
        recording_.in_virtual_time ? values_of(what) : "";  // of threads, the operation says it
    if (!values.empty()) cell.push_back({"", values, Ink::plain, 2});
    Row& row = add_row(what.lane, std::move(cell));
    row.step = std::to_string(recording_.number(place));
    if (is_list_) row.who = lane_name(recording_, what.lane);
    if (place == 0 || step(place - 1).time != what.time) row.time = time_text(what.time);
    row.marked = std::ranges::count(recording_.broken_at, place) > 0;
  }

  static std::string values_of(const Recording::Step& step) {
    std::string text;
    for (const auto& [name, value] : step.values) {
      text += (text.empty() ? "" : ", ") + printable(name) + " = " + printable(value);
    }
    return text;
  }

  void add_finding() {
    if (recording_.finding.empty()) return;
    Cell cell;
    std::string_view rest = recording_.finding;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      cell.push_back({"", printable(line), Ink::bad, 0, SIZE_MAX});
    }
    if (recording_.broken_at.empty() || recording_.broken_at.back() >= recording_.steps.size()) {
      add_across(std::move(cell));
    } else {
      const std::size_t lane = step(recording_.broken_at.back()).lane;
      add_row(lane, std::move(cell)).who = is_list_ ? lane_name(recording_, lane) : "";
    }
    rows_.back().marked = true;
  }

  const Recording& recording_;
  const std::vector<std::size_t> lanes_;
  const bool is_list_;
  std::vector<Row> rows_;
};

/// Rows in lines of a width.
class Drawing {
 public:
  Drawing(const Rows& rows, std::size_t width, bool has_times, bool colour) : colour_(colour) {
    for (const Row& row : rows.all()) {
      step_width_ = std::max(step_width_, row.step.size());
      if (has_times) time_width_ = std::max(time_width_, columns(row.time));
    }
    const std::vector<std::string> header = rows.header();
    const std::size_t least =
        kLeastLastColumn + (std::max<std::size_t>(header.size(), 1) - 1) * (kLeastColumn + kSeparatorWidth);
    room_ = std::max(width, margin() + kSeparatorWidth + least) - margin() - kSeparatorWidth;
    column_ = width_of_columns(rows, header);
    draw_header(header);
    for (const Row& row : rows.all()) draw(row, header.size());
  }

  std::string take() { return std::move(text_); }

 private:
  std::size_t margin() const { return 2 + step_width_ + (time_width_ > 0 ? 2 + time_width_ : 0); }
  std::size_t begin_of(std::size_t column) const { return column * (column_ + kSeparatorWidth); }

  /// Returns: the width of each column but the last one. Texts run over to the right, so that a column is narrow if that
  ///   gives those to its right the room that they need.
  std::size_t width_of_columns(const Rows& rows, const std::vector<std::string>& header) const {
    if (header.size() < 2) return 0;
    std::size_t needed = kLeastColumn;
    for (const std::string& name : header) needed = std::max(needed, std::min(columns(name), kLongestName));
    for (const Row& row : rows.all()) {
      if (row.column == 0) needed = std::max(needed, columns(row.who));
    }
    std::size_t width = room_ - kLeastLastColumn;
    std::size_t widest = needed;
    for (const Row& row : rows.all()) {
      needed = std::max(needed, columns(row.who));
      for (const Paragraph& paragraph : row.cell) {
        const std::size_t natural = std::min(paragraph.natural_width(), room_);
        if (row.column + 1 < header.size()) widest = std::max(widest, natural);
        if (row.column > 0 && paragraph.most_lines == kMostLines) {
          const std::size_t left = (room_ - natural) / row.column;
          width = std::min(width, left - std::min(left, kSeparatorWidth));
        }
      }
    }
    const std::size_t most = (room_ - kLeastLastColumn) / (header.size() - 1) - kSeparatorWidth;
    return std::min(std::clamp(width, needed, std::max(needed, widest)), most);
  }

  void draw_header(const std::vector<std::string>& names) {
    std::string line = "  " + std::string(step_width_ - 4, ' ') + inked("step", Ink::strong, colour_);
    if (time_width_ > 0) line += std::string(time_width_ - 2, ' ') + inked("time", Ink::strong, colour_);
    std::string rule;
    append_dashes(rule, margin() + 1);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::size_t width = i + 1 < names.size() ? column_ : room_ - begin_of(i);
      const std::string name = elide(names[i], width);
      line += kSeparator + inked(name, Ink::strong, colour_);
      if (i + 1 < names.size()) line += std::string(width - columns(name), ' ');
      rule += "┼";
      append_dashes(rule, width + (i + 1 < names.size() ? 2 : 1));
    }
    text_ += line + '\n' + rule + '\n';
  }
  static void append_dashes(std::string& text, std::size_t count) {
    while (count-- > 0) text += "─";
  }

  void draw(const Row& row, std::size_t columns_count) {
    std::string line =
        std::string(row.marked ? "! " : "  ") + std::string(step_width_ - row.step.size(), ' ') + row.step;
    if (row.marked) line = inked(line, Ink::bad, colour_);
    if (time_width_ > 0) line += "  " + std::string(time_width_ - columns(row.time), ' ') + row.time;
    std::string who = elide(row.who, column_);
    const std::size_t begin = begin_of(row.column);
    std::vector<Line> lines = lines_of(row.cell, room_ - begin);
    if (lines.empty()) lines.emplace_back();
    for (const Line& cell : lines) {
      for (std::size_t i = 0; i < row.column; ++i) line += kSeparator + pad(std::exchange(who, ""), column_);
      line += kSeparator + inked(cell.text, cell.ink, colour_);
      std::size_t end = begin + columns(cell.text);
      for (std::size_t i = row.column + 1; i < columns_count && !row.across; ++i) {
        const std::size_t separator = begin_of(i) - kSeparatorWidth;
        if (end > separator) continue;
        line += std::string(separator - end, ' ') + kSeparator;
        end = begin_of(i);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text_ += line + '\n';
      line = std::string(margin(), ' ');
    }
  }

  const bool colour_;
  std::size_t step_width_ = 4;
  std::size_t time_width_ = 0;  // 0 if there is no time
  std::size_t room_ = 0;        // between the margin and the right end
  std::size_t column_ = 0;      // the width of each column but the last one
  std::string text_;
};

}  // namespace

std::string draw_table(const Recording& recording, const TableOptions& options) {
  const std::vector<std::size_t> lanes = active_lanes(recording);
  const bool has_times =
      recording.in_virtual_time && std::ranges::any_of(recording.steps, &Recording::Step::time);
  const std::size_t others = lanes.empty() ? 0 : lanes.size() - 1;
  const std::size_t margin = has_times ? 19 : 9;
  const bool is_list = margin + others * (kLeastColumn + kSeparatorWidth) + kLeastLastColumn > options.width;
  std::string text =
      Drawing(Rows(recording, lanes, is_list), options.width, has_times, options.colour).take();
  std::string idle;
  for (std::size_t lane = 0; lane < recording.lanes.size(); ++lane) {
    if (std::ranges::count(lanes, lane) > 0) continue;
    idle += (idle.empty() ? "Without a step: " : ", ") + lane_name(recording, lane);
  }
  if (idle.empty()) return text;
  for (const std::string& line : wrap(idle, std::max(options.width, kLeastLastColumn), 2))
    text += line + '\n';
  return text;
}

}  // namespace corokit::explorer
