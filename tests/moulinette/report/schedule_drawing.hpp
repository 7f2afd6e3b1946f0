#pragma once
#include "output/output_options.hpp"
#include "running/replay.hpp"

#include <cstddef>
#include <string>

namespace corokit::moulinette {

/// Draws a recording for a terminal: tasks as a timeline, threads as a table. Of a schedule that ends with a long time in
/// which nothing happens, as if it waited for a far timeout, that end is left out. At most `rows` tasks are drawn.
std::string drawing(const explorer::Recording& recording, const OutputOptions& output, std::size_t rows);

/// Draws a schedule, and says in words which moves of tasks make it what it is, and what the test noted in it: at most
/// `lines` lines of each. It draws no more than that if nothing was recorded.
std::string schedule_drawing(const Replayed& replayed, const OutputOptions& output, std::size_t lines);

/// Returns: how many moves a schedule has, in a sentence.
std::string moves_in_words(const Replayed& replayed, Language language);

}  // namespace corokit::moulinette
