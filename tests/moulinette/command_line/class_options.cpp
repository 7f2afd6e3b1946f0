#include "command_line/class_options.hpp"

#include "command_line/options.hpp"

namespace corokit::moulinette {
namespace {

constexpr const char* kClassHelp = R"(
DIR has a folder, a file or a zip for each student, as you like or as Moodle, Gradescope, Canvas and
GitHub Classroom export them, and exam folders (room_101/seat_07/attempt_2). It is never written to.
The roster is a CSV file; its columns may be called as on your platform:
  id,name,group,language,extension
  e1234,Ann Lee,2,fr,2 days
The results: index.html, grades.csv, class.json, and what each student may get in students/; graded/ and
sources/ are yours. grades.csv, in UTF-8, has the id, the e-mail address and the group of the roster, a
column for each test, total (of the tests), after_late_rule (the grade), verdict, norm, handed_in (UTC),
late_minutes and similar. It has commas: where Excel splits at semicolons, as in French, open it by
Data > From Text/CSV, or paste the table of students of index.html.
events.jsonl says what happened when. cache/ holds what is known: after Ctrl-C, after a late hand-in,
after a mended test the same command grades what is left, and nothing else.
A file that is overwritten between two runs with the same --out stays an attempt of its student, with the
time when it was handed in, its verdict and its points, as those in folders of their own do: the last one
counts, with --count best the best. A new --out begins without them.
On several machines: --shard 1/8 … 8/8, then --merge; tests/moulinette/class/ has a script for Slurm and
a workflow for GitHub.)";

}  // namespace

void add_class(CLI::App& command, ClassRequest& of, std::optional<std::uint64_t>& seed,
               std::string& language) {
  command.footer(kClassHelp);
  command.add_option("EXERCISE", of.arguments[0],
                     "Its name, as list shows it, if the files do not say which it is");
  command.add_option("DIR", of.arguments[1], "The hand-ins: a folder or a zip");
  command.add_option("--exercise", of.exercise, "The exercise, the same")->option_text("NAME");
  command.add_option("--roster", of.roster, "Who is in the class: id,name,group,language,extension")
      ->option_text("CSV");
  command.add_option("--out", of.out, "Where the results go; without it, DIR-graded beside DIR")
      ->option_text("FOLDER");
  CLI::Option* deadline =
      command.add_option("--deadline", of.deadline, "2026-05-01T23:59, in this machine's time")
          ->option_text("MOMENT");
  command.add_option("--late", of.late, "What lateness costs: \"10%/day, at most 3 days\"; none: no points")
      ->needs(deadline)
      ->option_text("RULE");
  command.add_option("--count", of.count, "Which attempt counts: last (without this option) or best")
      ->check(CLI::IsMember({"last", "best"}))
      ->option_text("WHICH");
  command.add_flag("--release", of.release, "Tell students what hidden tests have found");
  command
      .add_option("--hints", of.hints, "Show so many hints for the first test that fails; without it, none")
      ->check(CLI::Range(0, 99))
      ->option_text("N");
  add_seed(command, seed,
           "Decides the schedules of all hand-ins; without it, that of the results before, else the one that "
           "pack gives "
           "this exercise: a file always has the same points, also when it is handed in again");
  CLI::Option* shard =
      command.add_option("--shard", of.shard, "Grade one of N parts of the class, on any machine")
          ->option_text("I/N");
  CLI::Option* merge =
      command
          .add_option("--merge", of.shards,
                      "Make one class of the shards; without folders, of those in the results")
          ->expected(0, 100'000)
          ->excludes(shard)
          ->option_text("[FOLDER...]");
  command.callback([&of, merge] {
    of.merge = merge->count() > 0;
    std::erase(of.shards, "");  // stands for none
  });
  command.add_option("--language,--lang", language, "en or fr: of feedback, where the roster says nothing")
      ->check(CLI::IsMember({"en", "fr"}));
}

}  // namespace corokit::moulinette
