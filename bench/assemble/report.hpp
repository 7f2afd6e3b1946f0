#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assemble {

/// One of the sixteen files.
struct Rung {
  std::string name;   ///< "05_notify"
  bool is_yours;      ///< otherwise it is the reference
  std::size_t lines;  ///< that are not blank
};

/// A part of an agent's time in a shift of the demo, in milliseconds.
struct Span {
  enum class Kind { waits, is_in, leaves };
  Kind kind;
  double begin, end;
};
struct Shift {
  std::string title;
  std::vector<std::pair<std::string, std::vector<Span>>> agents;  ///< in the order in which they went in
  double end = 0;
};

/// What an operation costs on both runtimes, in nanoseconds.
struct Figure {
  std::string workload;
  double mini, corokit;
};

struct Report {
  std::vector<Rung> rungs;
  std::vector<Shift> shifts;
  std::vector<Figure> figures;
  std::size_t runs = 0;  ///< of which the figures are the medians

  std::size_t yours() const noexcept;  ///< how many of the rungs are
  std::size_t lines() const noexcept;
};

/// Returns: what the script has chosen, a line for each rung: its name, "yours" or "reference", its lines.
std::vector<Rung> rungs_from(std::string_view text);
/// Returns: what the demo has told, a line for each event.
std::vector<Shift> shifts_from(std::string_view events);

/// Returns: who was in when, for a terminal.
std::string drawing_of(const Shift& shift, bool colours);
/// Returns: the figures as bars, for a terminal.
std::string bars_of(const Report& report, bool colours);
/// Returns: a page that needs no other file: `page`, with the report put in.
std::string page_of(const Report& report, std::string page);

}  // namespace assemble
