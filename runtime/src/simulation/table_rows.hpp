#pragma once
#include "recording.hpp"
#include "repetitions.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace corokit::explorer {

enum class Ink { plain, faint, strong, bad };

inline constexpr std::size_t kMostLines = 4;  // of one source line or operation

/// A paragraph of a cell. If there is room, `before` stands on its first line, else on a line of its own.
struct Paragraph {
  std::string before;
  std::string text;
  Ink ink = Ink::plain;
  std::size_t indent = 0;
  std::size_t most_lines = kMostLines;

  /// Returns: the width in which it is one line.
  std::size_t natural_width() const;
};
using TableCell = std::vector<Paragraph>;

/// A row of a table, before it is fitted into a width.
struct TableRow {
  std::string step;
  std::string time;
  bool marked = false;
  std::string who;  // in a list
  std::size_t column = 0;
  TableCell cell;
  bool across = false;  // is of no lane
};

/// What a table consists of: see draw_table().
class TableRows {
 public:
  /// `lanes`: those that have a column. `most`: the number of steps, as in TableOptions.
  TableRows(const Recording& recording, std::vector<std::size_t> lanes, bool is_list, std::size_t most);

  const std::vector<TableRow>& all() const noexcept { return rows_; }
  /// Returns: the titles of the columns.
  std::vector<std::string> header() const;

 private:
  const Recording::Step& step(std::size_t place) const { return recording_.steps[place]; }
  TableRow& add_row(std::size_t lane, TableCell cell);
  void add_across(TableCell cell);
  void add(const std::vector<Stretch>& stretches, std::size_t most);
  void add(const Stretch& stretch);
  void add_switch(std::size_t place);
  void add_gap(std::size_t before);
  void add_left_out(std::size_t count);
  void add_step(std::size_t place);
  void add_finding();

  const Recording& recording_;
  const std::vector<std::size_t> lanes_;
  const bool is_list_;
  std::vector<TableRow> rows_;
};

}  // namespace corokit::explorer
