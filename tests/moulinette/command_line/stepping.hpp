#pragma once
#include "output/output_options.hpp"
#include "output/terminal_words.hpp"
#include "process/interrupt.hpp"

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace corokit::explorer {
struct Recording;
}

namespace corokit::moulinette {

/// Walks through the steps of a recording, forwards and back.
class Stepping {
 public:
  explicit Stepping(const explorer::Recording& recording, Language language = Language::english) noexcept
      : recording_(recording), say_(language) {}

  /// Does what a line asks for: "n" or nothing goes on, "p" goes back, "g 12" goes to step 12, "q" ends it.
  /// Returns: false at the end.
  bool obey(std::string_view line);

  /// Returns: the step where it is, with the values of that moment; and what could not be done, if the last line asked for
  ///   it.
  std::string text(const OutputOptions& output) const;

 private:
  void go_to(std::string_view number);
  std::size_t last() const noexcept;

  const explorer::Recording& recording_;
  const TerminalWords say_;
  std::size_t place_ = 0;
  std::string problem_;
};

/// Shows the steps one by one, as the keys of a terminal ask for; as lines of `input` ask for where it is none.
void step_through(const explorer::Recording& recording, const OutputOptions& output, std::istream& input,
                  Interrupt& interrupt);

}  // namespace corokit::moulinette
