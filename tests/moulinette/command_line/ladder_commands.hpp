#pragma once
#include "command_line/commands.hpp"
#include "ladder/ladder.hpp"
#include "report/hints.hpp"
#include "verdict/verdict.hpp"

namespace corokit::moulinette {

// The student's way along the ladder. Each command returns the exit status of the program, and throws Error.

/// Shows the ladder, where the student stands, and what is next.
int next_command(const Request& request);

/// Grades an exercise at each save, the next one if there is no name.
int watch_command(const Request& request, const std::string& exercise);
/// Puts the file to fill in back as it was given.
int reset_command(const Request& request, const std::string& exercise);
/// Shows the right implementations of an exercise that is passed.
int solution_command(const Request& request, const std::string& exercise);
/// Gives a wrong solution of a rung, of which a person chooses which thread goes on, until it breaks. `mutant` is its name;
/// without one, the first that can be broken so. Status 0 if it was broken.
int duel_command(const Request& request, const std::string& exercise, const std::string& mutant);
/// Asks the questions of an exercise and reads the answers from standard input; with --json, lists the questions.
int quiz_command(const Request& request, const std::string& exercise);

/// Returns: the ladder with what is remembered.
Ladder ladder_now(const Request& request);

/// Asks the questions of an exercise, and remembers it if all answers are right.
///
/// Returns: whether they are. Throws: Error if the exercise has no quiz.
bool ask_quiz(const Request& request, const Exercise& exercise, std::istream& answers);

/// Remembers that a hint was taken, if it is new.
void remember_hint(const Hint& hint, const std::string& exercise);

/// Remembers a verdict, if it counts, and whether a hint was taken that is new. It says after a pass where the student stands; with --json, it says nothing.
void remember_verdict(const Request& request, const Session& session, const Graded& graded,
                      const std::filesystem::path& source, bool takes_hint);

}  // namespace corokit::moulinette
