#pragma once
#include "recording.hpp"

#include <cstddef>
#include <string>

namespace corokit::explorer {

struct TableOptions {
  std::size_t width = 100;  // columns of the terminal; about 60 are needed
  bool colour = false;      // with the escape sequences of ANSI terminals
  std::size_t steps = 100;  // the most that are drawn, apart from those that the finding is about
};

/// Draws a schedule as a table: a column for each lane that took a step, a row for each step. A text begins in the column
/// of its lane, and runs over those to the right of it, which are empty in that row. Where another lane goes on, the
/// reason stands in the column of the one that stopped, in brackets. Loops are folded. Of
/// too many steps, the last ones and some of the first are drawn. The steps that the finding is
/// about are marked by `!`; the finding is the last row, in the column of the lane that broke it. If there are too many
/// lanes for the width, it is a list that names the lane of each step.
///
/// Returns: lines, each with its '\n'; nothing of the recording can change the state of the terminal.
std::string draw_table(const Recording& recording, const TableOptions& options = {});

}  // namespace corokit::explorer
