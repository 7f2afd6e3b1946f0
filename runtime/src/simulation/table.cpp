#include "table.hpp"

#include "table_rows.hpp"
#include "terminal_text.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace corokit::explorer {
namespace {

constexpr std::size_t kLeastColumn = 10;      // of a lane that others stand to the right of
constexpr std::size_t kLeastLastColumn = 36;  // with less room the table is a list
constexpr std::size_t kLongestName = 24;
constexpr const char* kSeparator = " │ ";
constexpr std::size_t kSeparatorWidth = 3;

std::string inked(const std::string& text, Ink ink, bool colour) {
  if (!colour || text.empty() || ink == Ink::plain) return text;
  const char* const code = ink == Ink::faint ? "2" : ink == Ink::strong ? "1" : "1;31";
  return std::string("\x1b[") + code + "m" + text + "\x1b[0m";
}

struct Line {
  std::string text;
  Ink ink = Ink::plain;
};

std::vector<Line> lines_of(const TableCell& cell, std::size_t width) {
  std::vector<Line> lines;
  for (const Paragraph& paragraph : cell) {
    std::string text = paragraph.text;
    if (!paragraph.before.empty()) {
      if (text.empty() || paragraph.natural_width() <= width) {
        text.insert(0, paragraph.before + (text.empty() ? "" : "  "));
      } else {
        lines.push_back({elide(paragraph.before, width), paragraph.ink});
      }
    }
    for (std::string& line : wrap(text, width - paragraph.indent, 2, paragraph.most_lines)) {
      if (!line.empty()) line.insert(0, paragraph.indent, ' ');
      lines.push_back({std::move(line), paragraph.ink});
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

/// The columns to the left of those of the lanes.
struct Margin {
  std::size_t step = 4;
  std::size_t time = 0;  // 0 if there is no time

  explicit Margin(const Recording& recording) {
    const auto& steps = recording.steps;
    if (!steps.empty()) step = std::max(step, std::to_string(recording.number(steps.size() - 1)).size());
    if (!recording.in_virtual_time || !std::ranges::any_of(steps, &Recording::Step::time)) return;
    for (const Recording::Step& each : steps) time = std::max(time, columns(time_text(each.time)));
  }
  std::size_t width() const { return 2 + step + (time > 0 ? 2 + time : 0); }
};

/// Returns: the width without which a table with so many columns cannot be read.
std::size_t least_width(const Margin& margin, std::size_t columns_count) {
  const std::size_t others = columns_count == 0 ? 0 : columns_count - 1;
  return margin.width() + kSeparatorWidth + others * (kLeastColumn + kSeparatorWidth) + kLeastLastColumn;
}

/// Rows in lines of a width.
class Drawing {
 public:
  Drawing(const TableRows& rows, const Margin& margin, std::size_t width, bool colour)
      : margin_(margin), colour_(colour) {
    const std::vector<std::string> header = rows.header();
    room_ = std::max(width, least_width(margin, header.size())) - margin_.width() - kSeparatorWidth;
    column_ = width_of_columns(rows, header);
    draw_header(header);
    for (const TableRow& row : rows.all()) draw(row, header.size());
  }

  std::string take() { return std::move(text_); }

 private:
  std::size_t begin_of(std::size_t column) const { return column * (column_ + kSeparatorWidth); }

  /// Returns: the width of each column but the last one. Texts run over to the right, so that a column is narrow if that
  ///   gives those to its right the room that they need.
  std::size_t width_of_columns(const TableRows& rows, const std::vector<std::string>& header) const {
    if (header.size() < 2) return 0;
    std::size_t needed = kLeastColumn;
    for (const std::string& name : header) needed = std::max(needed, std::min(columns(name), kLongestName));
    for (const TableRow& row : rows.all()) {
      if (row.column == 0) needed = std::max(needed, columns(row.who));
    }
    std::size_t width = room_ - kLeastLastColumn;
    std::size_t widest = needed;
    for (const TableRow& row : rows.all()) {
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
    std::string line = "  " + std::string(margin_.step - 4, ' ') + inked("step", Ink::strong, colour_);
    if (margin_.time > 0) line += std::string(margin_.time - 2, ' ') + inked("time", Ink::strong, colour_);
    std::string rule;
    append_dashes(rule, margin_.width() + 1);
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

  void draw(const TableRow& row, std::size_t columns_count) {
    std::string line =
        std::string(row.marked ? "! " : "  ") + std::string(margin_.step - row.step.size(), ' ') + row.step;
    if (row.marked) line = inked(line, Ink::bad, colour_);
    if (margin_.time > 0) line += "  " + std::string(margin_.time - columns(row.time), ' ') + row.time;
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
      line = std::string(margin_.width(), ' ');
    }
  }

  const Margin margin_;
  const bool colour_;
  std::size_t room_ = 0;    // between the margin and the right end
  std::size_t column_ = 0;  // the width of each column but the last one
  std::string text_;
};

}  // namespace

std::string draw_table(const Recording& recording, const TableOptions& options) {
  const std::vector<std::size_t> lanes = active_lanes(recording);
  const Margin margin(recording);
  const bool is_list = least_width(margin, lanes.size()) > options.width;
  std::string text =
      Drawing(TableRows(recording, lanes, is_list, options.steps), margin, options.width, options.colour)
          .take();
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
