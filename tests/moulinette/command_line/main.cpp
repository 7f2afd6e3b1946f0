// The moulinette: grades solutions of the kit's exercises, and proves that the kit grades them rightly.
#include "command_line/class_command.hpp"
#include "command_line/class_options.hpp"
#include "command_line/commands.hpp"
#include "command_line/kit_commands.hpp"
#include "command_line/ladder_commands.hpp"
#include "command_line/options.hpp"
#include "command_line/reports.hpp"
#include "error.hpp"
#include "output/error_texts.hpp"
#include "process/system_limits.hpp"
#include "running/printable.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <cerrno>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using namespace corokit::moulinette;

/// The commands: what each takes, and what it does.
class Program {
 public:
  Program() {
    options_.build = COROKIT_BUILD;
    options_.root = COROKIT_ROOT;
    options_.of_class.version = COROKIT_VERSION;
    app_.set_version_flag("--version", "moulinette " COROKIT_VERSION);
    app_.require_subcommand(1);
    add_grading();
    add_proofs();
    add_kit();
    add_ladder();
    add_class_command();
    app_.add_subcommand("test", "Build everything and run the project's own tests (done by the launcher)");
  }

  /// Returns: the language of the user.
  Language language() const { return choose_language(options_.language); }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : Error::kMisuse;
    }
    for (const auto& [command, action] : actions_)
      if (*command) return action(options_.request());
    throw misuse("Only the launcher can run the tests: ./moulinette test");
  }

 private:
  using Action = std::function<int(const Request&)>;

  CLI::App& add(const char* name, const char* what, Action action) {
    CLI::App* command = app_.add_subcommand(name, what);
    actions_.emplace_back(command, std::move(action));
    return *command;
  }

  void require_exercise(CLI::App& command) {
    command.add_option("EXERCISE", options_.exercise, "Its name, as list shows it")->required();
  }

  /// What is done with a solution.
  void add_grading() {
    CLI::App& grade =
        add("grade", "Compile one solution, run the specified tests, give points",
            [this](const Request& r) { return grade_command(r, options_.exercise, options_.file); });
    require_exercise(grade);
    grade.add_option("FILE", options_.file, "The solution; without it, the file in the exercise's folder");
    add_selection(grade, options_);
    add_sandbox(grade, options_);
    add_reports(grade, options_, ReportKind::graded);
    add_release(grade, options_);
    add_hint(grade, options_);
    add_common(grade, options_);
    add_language(grade, options_);
    CLI::App& replay = add("replay", "Play the schedule again in which a test failed, and show what happens",
                           [this](const Request& r) { return replay_command(r, options_.replay); });
    add_replay(replay, options_.replay);
    add_sanitizers(replay, options_);
    add_language(replay, options_);
    add_common(replay, options_);
  }

  /// What proves that the kit grades rightly.
  void add_proofs() {
    CLI::App& validate = add(
        "validate",
        "Check that right implementations pass and that wrong ones are killed by the tests that claim them",
        [this](const Request& r) {
          return options_.limits ? limits_command(r, options_.exercises)
                                 : validate_command(r, options_.exercises, options_.times);
        });
    validate.add_option("EXERCISE", options_.exercises, "Their names; without any, all exercises");
    add_validation(validate, options_);
    add_common(validate, options_);
    CLI::App& mutate = add(
        "mutate", "Make mutants of the right implementations, and find those that no specified test kills",
        [this](const Request& r) { return mutate_command(r, options_.exercise, options_.mutants); });
    require_exercise(mutate);
    add_mutation(mutate, options_);
    add_common(mutate, options_);
  }

  /// What is made of reports and of exercises.
  void add_kit() {
    CLI::App& convert =
        add("convert", "Make a report for a platform of what grade, validate or mutate printed with --json",
            [this](const Request& r) {
              options_.converted.language_is_asked = !options_.language.empty();
              return convert_command(r, options_.converted);
            });
    add_conversion(convert, options_);
    add_common(convert, options_);
    add_language(convert, options_);
    CLI::App& list =
        add("list", "List the exercises", [this](const Request& r) { return list_command(r, options_.tag); });
    list.add_option("--tag", options_.tag, "Only those with this tag")->option_text("TAG");
    add_common(list, options_);
    add_language(list, options_);
    CLI::App& spec = add(
        "spec", "Check spec.json against its schema, and against the tests, mutants and texts that it names",
        [this](const Request& r) { return spec_command(r, options_.root, options_.exercises); });
    spec.add_option("EXERCISE", options_.exercises, "Their names; without any, all exercises");
    spec.add_option("--root", options_.root, "The tree that has them")->group("");
    add_common(spec, options_);
    CLI::App& pack = add("pack", "Make what a platform takes: an autograder, or a tree for students",
                         [this](const Request& r) {
                           return pack_command(r, {options_.exercise, options_.platform, options_.out,
                                                   options_.root, COROKIT_VERSION, options_.selection.seed});
                         });
    add_pack(pack, options_);
    add_common(pack, options_);
  }

  /// The way of a student.
  void add_ladder() {
    CLI::App& quiz = add("quiz", "Answer questions on an exercise, one a line; status 0 if all are right",
                         [this](const Request& r) { return quiz_command(r, options_.exercise); });
    CLI::App& next = add("next", "Show the ladder: where you stand, and what is next", next_command);
    CLI::App& watch = add("watch", "Grade the file that you fill in at each save",
                          [this](const Request& r) { return watch_command(r, options_.exercise); });
    watch.add_option("EXERCISE", options_.exercise, "Its name; without it, the one that is next");
    CLI::App& reset = add("reset", "Put the file back as it was given, and keep what it was beside it",
                          [this](const Request& r) { return reset_command(r, options_.exercise); });
    CLI::App& solution = add("solution", "Show the right implementations, once you have passed",
                             [this](const Request& r) { return solution_command(r, options_.exercise); });
    CLI::App& duel =
        add("duel", "Choose which thread of a wrong solution goes on, until it breaks",
            [this](const Request& r) { return duel_command(r, options_.exercise, options_.mutant); });
    for (CLI::App* command : {&quiz, &reset, &solution, &duel}) require_exercise(*command);
    duel.add_option("MUTANT", options_.mutant,
                    "The name of the wrong solution; without it, the first of the rung");
    for (CLI::App* command : {&quiz, &next, &watch, &reset, &solution, &duel}) add_common(*command, options_);
    for (CLI::App* command : {&quiz, &next, &watch, &reset, &solution}) add_language(*command, options_);
  }

  void add_class_command() {
    CLI::App& of_class = add("class", "Grade the hand-ins of a class: a table, and a page for each student",
                             [this](const Request& r) { return class_command(r, options_.of_class); });
    add_class(of_class, options_.of_class, options_.selection.seed, options_.language);
    add_sandbox(of_class, options_);
    add_common(of_class, options_);
  }

  Options options_;
  CLI::App app_{
      "Grades solutions of corokit's exercises, and proves that the kit grades them rightly.\n"
      "Exit status: 0 all as expected, 1 not, 2 misuse, 130 interrupted.",
      "moulinette"};
  std::vector<std::pair<CLI::App*, Action>> actions_;
};

/// Keeps files from becoming a standard stream that is closed. Using that one still fails.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0)
      static_cast<void>(open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

/// Whoever reads it may be gone.
void print_error(Language language, const std::string& english) {
  const std::string message = error_in(language, english);
  static_cast<void>(std::fputs(fmt::format("moulinette: {}\n", printable_lines(message)).c_str(), stderr));
}

/// A thread that does not start says so in this way.
std::string sentence_on(const std::system_error& error) {
  if (error.code() == std::errc::resource_unavailable_try_again)
    return fmt::format("A thread cannot be started: {}.", why_not_started(EAGAIN));
  return fmt::format("something unexpected went wrong: {}", error.what());
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  // Whoever reads the output may go; what is in the workspace is removed nevertheless.
  std::signal(SIGPIPE, SIG_IGN);
  std::optional<Program> program;
  const auto say = [&program](const std::string& english) {
    print_error(program ? program->language() : choose_language(""), english);
  };
  try {
    std::error_code failed;
    static_cast<void>(std::filesystem::current_path(failed));
    if (failed)
      throw misuse(error_text("The current folder does not exist any more: change to another one."));
    program.emplace();
    const int status = program->run(argc, argv);
    flush_output();
    return status;
  } catch (const Error& error) {
    say(error.what());
    return error.code();
  } catch (const std::system_error& error) {
    say(sentence_on(error));
    return Error::kNotAsExpected;
  } catch (const std::exception& error) {
    say(fmt::format("something unexpected went wrong: {}", error.what()));
    return Error::kNotAsExpected;
  }
}
