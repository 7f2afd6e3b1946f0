// The moulinette: grades solutions of the kit's exercises, and proves that the kit grades them rightly.
#include "command_line/class_command.hpp"
#include "command_line/class_options.hpp"
#include "command_line/commands.hpp"
#include "command_line/kit_commands.hpp"
#include "command_line/ladder_commands.hpp"
#include "command_line/reports.hpp"
#include "error.hpp"
#include "output/terminal.hpp"
#include "running/printable.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace {

using namespace corokit::moulinette;

/// The options of all commands, as the user typed them.
struct Options {
  std::string kit = COROKIT_KIT;
  std::string colour = "auto";
  bool json = false;
  bool verbose = false;
  std::string language;
  std::string exercise;
  std::string mutant;  // of a duel
  std::string root = COROKIT_ROOT;
  std::string out;  // of what pack makes
  std::string platform;
  std::string tag;  // of what list shows
  std::optional<std::string> file;
  std::vector<std::string> exercises;
  std::size_t times = 1;
  bool limits = false;
  Selection selection;
  CLI::Option* hint = nullptr;
  std::size_t hint_number = 0;
  bool asan = false;
  bool tsan = false;
  MutateOptions mutants;
  ReplayOptions replay;
  std::string sandbox;  // the level that is required; empty: none
  std::vector<std::string> reports;
  bool release = false;
  std::string converted;
  ClassRequest of_class;

  Request request() const {
    const char* no_colour = std::getenv("NO_COLOR");
    const bool colour_wanted = isatty(STDOUT_FILENO) && is_terminal_capable() && !(no_colour && *no_colour);
    Selection chosen = selection;
    if (asan || tsan) chosen.sanitizer = asan ? "--asan" : "--tsan";
    // Where the launcher has built none, there is no such exercise.
    const char* sanitized = asan ? COROKIT_BUILD "/asan/kit.json" : COROKIT_BUILD "/tsan/kit.json";
    return {.kit = (asan || tsan) && std::filesystem::exists(sanitized) ? sanitized : kit,
            .output = {.colour = colour == "always" || (colour == "auto" && colour_wanted && !json),
                       .json = json,
                       .verbose = verbose,
                       .progress = isatty(STDERR_FILENO) && is_terminal_capable() && !json,
                       .width = terminal_width(),
                       .language = choose_language(language)},
            .selection = chosen,
            .hints = hint && hint->count() > 0,
            .hint = hint_number > 0 ? std::optional(hint_number) : std::nullopt,
            .required_sandbox = sandbox.empty() ? std::nullopt : std::optional(sandbox_level(sandbox)),
            .reports = reports,
            .release = release};
  }
};

void add_common(CLI::App& command, Options& options) {
  command.add_flag("--json", options.json, "Print one JSON object instead of text");
  command
      .add_option("--color,--colour", options.colour,
                  "Colours: auto (on a terminal without NO_COLOR), always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_option("--kit", options.kit, "The list of exercises that the build wrote")->group("");
}

void add_language(CLI::App& command, Options& options) {
  command.add_option("--language,--lang", options.language, "en or fr; without it, that of your environment")
      ->check(CLI::IsMember({"en", "fr"}));
}

void add_sanitizers(CLI::App& command, Options& options) {
  CLI::Option* asan = command.add_flag("--asan", options.asan,
                                       "Find wrong use of memory: with AddressSanitizer, which takes longer");
  command.add_flag("--tsan", options.tsan, "Find data races: with ThreadSanitizer, which takes longer")
      ->excludes(asan);
}

void add_sandbox(CLI::App& command, Options& options) {
  command
      .add_flag("--require-sandbox", options.sandbox,
                "Run nothing where the sandbox is weaker than full, which needs root; or than "
                "--require-sandbox=LEVEL: "
                "isolated, filtered")
      ->check(CLI::IsMember({"true", "full", "isolated", "filtered"}));
}

void add_selection(CLI::App& grade, Options& options) {
  Selection& selection = options.selection;
  grade
      .add_option("--seed", selection.seed,
                  "Decides the schedules but the first, and what is drawn in them; a report names it")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{999'999'999}))
      ->option_text("N");
  CLI::Option* test =
      grade.add_option("--test", selection.test, "Play one test, and show what the solution prints")
          ->option_text("NAME");
  grade.add_option("--schedule", selection.schedule, "Play it under one schedule; 0 is the thread pool")
      ->needs(test)
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'999'999'999}))
      ->option_text("N");
  grade.add_flag("--mine", selection.mine,
                 "Of a rung: let it stand on your own files of earlier rungs instead of the references");
  grade.add_flag("--keep", selection.keep, "Leave the executable, for gdb");
  add_sanitizers(grade, options);
}

void add_reports(CLI::App& command, Options& options, ReportKind kind) {
  std::string names;
  for (const PlatformFormat& format : platform_formats()) {
    if (!format.writer(kind)) continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
  }
  command
      .add_option("--report", options.reports,
                  fmt::format("Write a report as well: {}; several with several --report", names))
      ->allow_extra_args(false)
      ->option_text("REPORT[=FILE]");
}

void add_release(CLI::App& command, Options& options) {
  command.add_flag("--release", options.release, "In reports, show what hidden tests find");
}

CLI::App* add_convert(CLI::App& app, Options& options) {
  CLI::App* convert = app.add_subcommand(
      "convert", "Make a report for a platform of what grade, validate or mutate printed with --json");
  convert->add_option("FILE", options.converted, "That JSON; - is standard input")->required();
  std::string list;
  for (const PlatformFormat& format : platform_formats())
    list += fmt::format("\n{:<14} {} ({})", format.name, format.what,
                        format.file == "-" ? "standard output" : format.file);
  convert->add_option("--report", options.reports, "What it becomes; several with several --report:" + list)
      ->allow_extra_args(false)
      ->required()
      ->option_text("REPORT[=FILE]");
  add_release(*convert, options);
  return convert;
}

void add_replay(CLI::App& replay, ReplayOptions& options) {
  CLI::Option* token =
      replay.add_option("TOKEN", options.token, "What a report of grade has behind \"replay\"");
  replay.add_option("FILE", options.file, "The solution; without it, the file in the exercise's folder");
  replay.add_option("--recording", options.recording, "Draw what a test wrote with COROKIT_EXPLORE_RECORD")
      ->excludes(token)
      ->option_text("FILE");
  replay.add_flag("--step", options.step, "Step by step, forward and back, with the values of that moment");
  replay.add_option("--html", options.html, "Write a page to look at in a browser")->option_text("FILE");
  replay.add_option("--perfetto", options.perfetto, "Write a trace, for ui.perfetto.dev")
      ->option_text("FILE");
}

void add_pack(CLI::App& pack, Options& options) {
  pack.add_option("EXERCISE", options.exercise, "Its name, as list shows it")->required();
  pack.add_option("--for", options.platform, "gradescope, classroom, docker or students")
      ->required()
      ->check(CLI::IsMember({"gradescope", "classroom", "docker", "students"}))
      ->option_text("PLATFORM");
  pack.add_option("--out", options.out, "A folder that is not there yet, or a file whose name ends with .zip")
      ->option_text("PLACE");
  pack.add_option("--root", options.root, "The tree that is packed")->group("");
}

int run(int argc, char** argv) {
  Options options;
  options.of_class.version = COROKIT_VERSION;
  CLI::App app(
      "Grades solutions of corokit's exercises, and proves that the kit grades them rightly.\n"
      "Exit status: 0 all as expected, 1 not, 2 misuse, 130 interrupted.",
      "moulinette");
  app.set_version_flag("--version", "moulinette " COROKIT_VERSION);
  app.require_subcommand(1);

  CLI::App* grade = app.add_subcommand("grade", "Compile one solution, run the specified tests, give points");
  grade->add_option("EXERCISE", options.exercise, "Its name, as list shows it")->required();
  grade->add_option("FILE", options.file, "The solution; without it, the file in the exercise's folder");
  add_selection(*grade, options);
  add_sandbox(*grade, options);
  add_reports(*grade, options, ReportKind::graded);
  add_release(*grade, options);
  options.hint = grade
                     ->add_option("--hint", options.hint_number,
                                  "One hint for the first test that fails; again for the next one")
                     ->expected(0, 1)
                     ->check(CLI::Range(1, 99))
                     ->excludes("--test")
                     ->option_text("[N]");
  CLI::App* replay =
      app.add_subcommand("replay", "Play the schedule again in which a test failed, and show what happens");
  add_replay(*replay, options.replay);
  add_sanitizers(*replay, options);
  CLI::App* validate = app.add_subcommand(
      "validate",
      "Check that right implementations pass and that wrong ones are killed by the tests that claim them");
  validate->add_option("EXERCISE", options.exercises, "Their names; without any, all exercises");
  validate
      ->add_option("--repeat", options.times,
                   "Reach each verdict N times: play again what could end otherwise")
      ->check(CLI::Range(1, 100'000))
      ->option_text("N");
  add_reports(*validate, options, ReportKind::validated);
  validate->add_flag(
      "--verbose", options.verbose,
      "Say of each part and each kill which schedules it rests on, and how much of the limits is in use");
  validate->add_flag("--limits", options.limits,
                     "Only measure right solutions, and say what the limits should be");
  CLI::App* mutate = app.add_subcommand(
      "mutate", "Make mutants of the right implementations, and find those that no specified test kills");
  mutate->add_option("EXERCISE", options.exercise, "Its name, as list shows it")->required();
  CLI::Option* only = mutate
                          ->add_option("--only", options.mutants.only,
                                       "Only the mutant of this number, or those whose names have this part")
                          ->option_text("N|TEXT");
  mutate->add_option("--every", options.mutants.every, "A sample: one of N mutants, from the first")
      ->check(CLI::Range(1, 100'000))
      ->excludes(only)
      ->option_text("N");
  mutate->add_flag("--list", options.mutants.list, "List the mutants, and play no test");
  mutate->add_flag("--again", options.mutants.again, "Play also what was played before and has not changed");
  add_reports(*mutate, options, ReportKind::mutated);
  CLI::App* convert = add_convert(app, options);
  CLI::App* list = app.add_subcommand("list", "List the exercises");
  list->add_option("--tag", options.tag, "Only those with this tag")->option_text("TAG");
  CLI::App* spec = app.add_subcommand(
      "spec", "Check spec.json against its schema, and against the tests, mutants and texts that it names");
  spec->add_option("EXERCISE", options.exercises, "Their names; without any, all exercises");
  spec->add_option("--root", options.root, "The tree that has them")->group("");
  CLI::App* pack =
      app.add_subcommand("pack", "Make what a platform takes: an autograder, or a tree for students");
  add_pack(*pack, options);
  CLI::App* quiz =
      app.add_subcommand("quiz", "Answer questions on an exercise, one a line; status 0 if all are right");
  quiz->add_option("EXERCISE", options.exercise, "Its name, as list shows it")->required();
  CLI::App* next = app.add_subcommand("next", "Show the ladder: where you stand, and what is next");
  CLI::App* watch = app.add_subcommand("watch", "Grade the file that you fill in at each save");
  watch->add_option("EXERCISE", options.exercise, "Its name; without it, the one that is next");
  CLI::App* reset =
      app.add_subcommand("reset", "Put the file back as it was given, and keep what it was beside it");
  CLI::App* solution = app.add_subcommand("solution", "Show the right implementations, once you have passed");
  CLI::App* duel =
      app.add_subcommand("duel", "Choose which thread of a wrong solution goes on, until it breaks");
  for (CLI::App* command : {reset, solution, duel})
    command->add_option("EXERCISE", options.exercise, "Its name, as list shows it")->required();
  duel->add_option("MUTANT", options.mutant,
                   "The name of the wrong solution; without it, the first of the rung");
  CLI::App* of_class =
      app.add_subcommand("class", "Grade the hand-ins of a class: a table, and a page for each student");
  add_class(*of_class, options.of_class, options.selection.seed, options.language);
  add_sandbox(*of_class, options);
  for (CLI::App* command : {grade, replay, validate, mutate, convert, list, spec, pack, quiz, next, watch,
                            reset, solution, duel, of_class})
    add_common(*command, options);
  for (CLI::App* command : {grade, convert, next, quiz, watch}) add_language(*command, options);
  app.add_subcommand("test", "Build everything and run the project's own tests (done by the launcher)");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : Error::kMisuse;
  }
  if (*grade) return grade_command(options.request(), options.exercise, options.file);
  if (*of_class) return class_command(options.request(), options.of_class);
  if (*replay) return replay_command(options.request(), options.replay);
  if (*validate && options.limits) return limits_command(options.request(), options.exercises);
  if (*validate) return validate_command(options.request(), options.exercises, options.times);
  if (*mutate) return mutate_command(options.request(), options.exercise, options.mutants);
  if (*convert) return convert_command(options.request(), !options.language.empty(), options.converted);
  if (*quiz) return quiz_command(options.request(), options.exercise);
  if (*spec) return spec_command(options.request(), options.root, options.exercises);
  if (*pack)
    return pack_command(options.request(),
                        {options.exercise, options.platform, options.out, options.root, COROKIT_VERSION});
  if (*list) return list_command(options.request(), options.tag);
  if (*next) return next_command(options.request());
  if (*reset) return reset_command(options.request(), options.exercise);
  if (*duel) return duel_command(options.request(), options.exercise, options.mutant);
  if (*solution) return solution_command(options.request(), options.exercise);
  if (*watch) return watch_command(options.request(), options.exercise);
  throw misuse("Only the launcher can run the tests: ./moulinette test");
}

/// Keeps files from becoming a standard stream that is closed. Using that one still fails.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0)
      static_cast<void>(open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

/// Whoever reads it may be gone.
void print_error(const std::string& message) {
  static_cast<void>(std::fputs(fmt::format("moulinette: {}\n", printable_lines(message)).c_str(), stderr));
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  // Whoever reads the output may go; what is in the workspace is removed nevertheless.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    std::error_code failed;
    static_cast<void>(std::filesystem::current_path(failed));
    if (failed) throw misuse("The current folder does not exist any more: change to another one.");
    const int status = run(argc, argv);
    flush_output();
    return status;
  } catch (const Error& error) {
    print_error(error.what());
    return error.code();
  } catch (const std::exception& error) {
    print_error(fmt::format("something unexpected went wrong: {}", error.what()));
    return Error::kNotAsExpected;
  }
}
