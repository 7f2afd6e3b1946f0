#pragma once
#include "command_line/background_grade.hpp"
#include "command_line/commands.hpp"
#include "command_line/keyboard.hpp"
#include "ladder/saves.hpp"
#include "output/terminal_words.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// Grades an exercise at each save, and does what keys ask for; without a terminal, what lines ask for.
///
/// A save stops the grade that runs, and begins anew; but not a second time, so that a file that is saved all the time is
/// graded as well.
class Watch {
 public:
  Watch(const Request& request, Interrupt& interrupt, Exercise exercise);

  /// Returns: the exit status of the program.
  int run();

 private:
  using Clock = std::chrono::steady_clock;

  void watch(Exercise exercise);
  void begin();
  void finish();
  void save();
  /// Waits until something happens, and does what it asks for.
  void turn();
  /// Returns: the letter of a command; a space if there is none yet.
  char read_command();
  void obey(char command);

  void hint();
  void step();
  void quiz();
  void next();

  void report();
  void say(const std::string& text);
  /// Shows what keys do, and before it what is being done.
  void show_keys(std::string doing = {});
  void hide_keys();
  /// Lets `work` have standard input.
  template <class Work>
  void with_input(Work work);

  Request request_;
  const TerminalWords words_;
  Interrupt& interrupt_;
  const bool has_terminal_;
  std::optional<Keyboard> keyboard_;  // if there is a terminal
  bool has_input_ = true;             // false after the end of standard input
  std::string line_;                  // without a terminal: what has come of the next one
  bool shows_keys_ = false;
  bool ends_ = false;

  Exercise exercise_;
  std::optional<Saves> saves_;
  std::optional<Clock::time_point> first_save_;  // of those that were not graded yet
  Clock::time_point due_{};                      // when they are
  std::unique_ptr<BackgroundGrade> running_;
  bool was_stopped_ = false;               // whether a save stopped the grade before the one that runs
  std::unique_ptr<BackgroundGrade> last_;  // the last one with a verdict
};

}  // namespace corokit::moulinette
