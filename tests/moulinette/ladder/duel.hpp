#pragma once
#include "exercise/wrong_header.hpp"
#include "output/output_options.hpp"
#include "running/rung_run.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// What a duel is about: a wrong solution, and a part of a test that some schedule breaks.
struct DuelSubject {
  std::string rung;
  std::string mutant;
  std::string part;
  std::string checks;  // what the part checks
  std::string file;    // the wrong solution, to be read
  WrongHeader header;
  std::vector<std::size_t> par;  // the moves of the explorer's shortest schedule
};

/// A wrong solution is given, and a person chooses, step by step, which thread goes on, until it breaks.
///
/// Each move plays the schedule from its beginning, so that going back is to forget the last move.
class Duel {
 public:
  Duel(DuelSubject subject, RungProgram program, const TestSpec& test, const Interrupt& interrupt);

  /// Obeys one line: a number chooses, of threads that of the thread (0 is main), else from 1; an empty line chooses the
  /// first; b goes back, n begins anew, f shows the file, g gives up, q ends. Returns: whether the duel goes on.
  bool obey(std::string_view line);
  /// Returns: the schedule so far, drawn, with what can be chosen.
  std::string text(const OutputOptions& output) const;

  bool won() const noexcept { return won_; }
  /// Returns: how often another thread, or value, was chosen than the default.
  std::size_t count() const noexcept;
  const DuelSubject& subject() const noexcept { return subject_; }

 private:
  void play();
  std::string options(const OutputOptions& output) const;
  std::string ending() const;

  DuelSubject subject_;
  RungProgram program_;
  TestSpec test_;
  const Interrupt& interrupt_;
  std::vector<std::size_t> moves_;
  nlohmann::json now_;  // what the explorer said last
  std::string message_;
  bool won_ = false;
  bool gave_up_ = false;
};

/// Returns: how often a list of moves differs from the default.
std::size_t count_of_moves(const std::vector<std::size_t>& moves) noexcept;

}  // namespace corokit::moulinette
