#include "command_line/options.hpp"

#include "error.hpp"
#include "output/error_texts.hpp"
#include "output/terminal.hpp"
#include "platforms/platform_report.hpp"
#include "sandbox/sandbox.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <cstdlib>

namespace corokit::moulinette {

Request Options::request() const {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour_wanted = isatty(STDOUT_FILENO) && is_terminal_capable() && !(no_colour && *no_colour);
  Selection chosen = selection;
  if (asan || tsan) chosen.sanitizer = asan ? "--asan" : "--tsan";
  const std::filesystem::path built = kit.empty() ? build / "kit.json" : std::filesystem::path(kit);
  if (!kit.empty() && !std::filesystem::exists(kit))
    throw misuse(error_text("There is no file {}, which --kit names.", kit));
  // Where the launcher has built none, there is no such exercise.
  const std::filesystem::path sanitized = build / (asan ? "asan" : "tsan") / "kit.json";
  return {.kit = (asan || tsan) && std::filesystem::exists(sanitized) ? sanitized : built,
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

void add_common(CLI::App& command, Options& options) {
  command.add_flag("--json", options.json, "Print one JSON object instead of text");
  command
      .add_option("--color,--colour", options.colour,
                  "Colours: auto (on a terminal without NO_COLOR), always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command
      .add_option("--kit", options.kit, "The list of exercises that the build wrote")

      ->group("");
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
      ->check(CLI::IsMember({"true", "full", "isolated", "filtered"}))
      ->option_text("[=LEVEL]");
}

void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed, const char* what) {
  command.add_option("--seed", seed, what)
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{999'999'999}))
      ->option_text("N");
}

void add_selection(CLI::App& grade, Options& options) {
  Selection& selection = options.selection;
  add_seed(grade, selection.seed,
           "Decides the schedules but the first, and what is drawn in them; a report names it");
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

void add_hint(CLI::App& grade, Options& options) {
  options.hint = grade
                     .add_option("--hint", options.hint_number,
                                 "One hint for the first test that fails; again for the next one")
                     ->expected(0, 1)
                     ->check(CLI::Range(1, 99))
                     ->excludes("--test")
                     ->option_text("[N]");
}

void add_validation(CLI::App& validate, Options& options) {
  validate
      .add_option("--repeat", options.times,
                  "Reach each verdict N times: play again what could end otherwise")
      ->check(CLI::Range(1, 100'000))
      ->option_text("N");
  add_reports(validate, options, ReportKind::validated);
  validate.add_flag(
      "--verbose", options.verbose,
      "Say of each part and each kill which schedules it rests on, and how much of the limits is in use");
  validate.add_flag("--limits", options.limits,
                    "Only measure right solutions, and say what the limits should be");
}

void add_mutation(CLI::App& mutate, Options& options) {
  CLI::Option* only = mutate
                          .add_option("--only", options.mutants.only,
                                      "Only the mutant of this number, or those whose names have this part")
                          ->option_text("N|TEXT");
  mutate.add_option("--every", options.mutants.every, "A sample: one of N mutants, from the first")
      ->check(CLI::Range(1, 100'000))
      ->excludes(only)
      ->option_text("N");
  mutate.add_flag("--list", options.mutants.list, "List the mutants, and play no test");
  mutate.add_flag("--again", options.mutants.again, "Play also what was played before and has not changed");
  add_reports(mutate, options, ReportKind::mutated);
}

void add_conversion(CLI::App& convert, Options& options) {
  convert
      .add_option("FILE", options.converted.files,
                  "That JSON; - is standard input; class.json stands for all hand-ins of a class")
      ->required();
  convert
      .add_option("--out", options.converted.out,
                  "The folder for reports of several files: ID.REPORT.json of each")
      ->option_text("FOLDER");
  std::string list;
  for (const PlatformFormat& format : platform_formats())
    list += fmt::format("\n{:<14} {} ({})", format.name, format.what,
                        format.file == "-" ? "standard output" : format.file);
  convert.add_option("--report", options.reports, "What it becomes; several with several --report:" + list)
      ->allow_extra_args(false)
      ->required()
      ->option_text("REPORT[=FILE]");
  add_release(convert, options);
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
  add_seed(pack, options.selection.seed,
           "By which every hand-in is graded, so that the same file always has the same points; without it, "
           "one that "
           "follows from the exercise and the version, as for class. manifest.json names it");
  pack.add_option("--root", options.root, "The tree that is packed")->group("");
}

}  // namespace corokit::moulinette
