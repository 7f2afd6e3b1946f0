#include "command_line/class_command.hpp"

#include "class/archive.hpp"
#include "class/class_pages.hpp"
#include "class/class_table.hpp"
#include "class/grade_class.hpp"
#include "class/open_class.hpp"
#include "class/resemblances.hpp"
#include "class/which_exercise.hpp"
#include "command_line/command_parts.hpp"
#include "error.hpp"
#include "running/printable.hpp"
#include "running/workspace.hpp"
#include "sandbox/sandbox.hpp"
#include "whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <regex>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// The exercise and the folder that the command line names.
struct Places {
  std::string exercise;  // empty: the files say it
  fs::path hand_ins;     // empty with --merge: the shards are named
};

Places places(const ClassRequest& options) {
  std::vector<std::string> given;
  for (const std::string& argument : options.arguments)
    if (!argument.empty()) given.push_back(argument);
  Places places{.exercise = options.exercise, .hand_ins = {}};
  if (given.size() == 2) {
    if (!places.exercise.empty() && places.exercise != given[0])
      throw misuse(fmt::format("Two exercises are named: {} and {}.", given[0], places.exercise));
    places.exercise = given[0];
    given.erase(given.begin());
  }
  if (given.empty() && options.merge && (!options.shards.empty() || !options.out.empty())) return places;
  if (given.empty()) throw misuse("Give the folder of the hand-ins, or a zip of it: ./moulinette class DIR");
  places.hand_ins = fs::absolute(given[0]).lexically_normal();
  if (!places.hand_ins.has_filename()) places.hand_ins = places.hand_ins.parent_path();  // "DIR/"
  std::error_code failed;
  const bool is_there = fs::is_directory(places.hand_ins, failed) ||
                        (fs::is_regular_file(places.hand_ins, failed) && is_archive(places.hand_ins));
  if (!is_there && !(options.merge && !fs::exists(places.hand_ins, failed)))
    throw misuse(
        fmt::format("{} is neither a folder nor a zip.\nGive the folder in which the hand-ins are: "
                    "./moulinette class [EXERCISE] DIR",
                    given[0]));
  return places;
}

/// Returns: the exercise that the hand-ins in a folder are of.
Exercise exercise_of(const Request& request, const Places& places, const fs::path& folder) {
  if (!places.exercise.empty()) return find_exercise(request, places.exercise);
  std::vector<KnownExercise> known;
  for (const Exercise& exercise : load_kit(request.kit))
    known.push_back({exercise.name, load_spec(exercise).file});
  const std::vector<std::string> found = exercises_handed_in(folder, known);
  if (found.size() == 1) return find_exercise(request, found.front());
  throw misuse(fmt::format(
      "{}.\nSay which one is graded: ./moulinette class EXERCISE {}\n./moulinette list shows their names, "
      "and their files.",
      found.empty() ? std::string("No file in it has the name of an exercise's file, or has it in its name")
                    : fmt::format("There are files of several exercises: {}", fmt::join(found, ", ")),
      places.hand_ins.filename().string()));
}

fs::path results_folder(const ClassRequest& options, const Places& places) {
  if (!options.out.empty()) {
    fs::path out = fs::absolute(options.out).lexically_normal();
    return out.has_filename() ? out : out.parent_path();
  }
  if (places.hand_ins.empty()) throw misuse("Say where the results go: --out FOLDER");
  std::string name = places.hand_ins.filename().string();
  for (const char* ending : {".zip", ".tar", ".tgz", ".tar.gz"})
    if (!fs::is_directory(places.hand_ins) && name.ends_with(ending))
      name.erase(name.size() - std::string_view(ending).size());
  return places.hand_ins.parent_path() / (name + "-graded");
}

/// Returns: the exercise whose results a folder has; empty if it has none. A run that was interrupted has a cache alone.
std::string exercise_in(const fs::path& folder) {
  const auto json =
      nlohmann::json::parse(read_if_possible(folder / "class.json").value_or(""), nullptr, false);
  if (json.is_object() && json.contains("exercise") && json["exercise"].is_string()) return json["exercise"];
  return read_if_possible(folder / "cache" / kExerciseFile).value_or("");
}

/// Makes the folder of the results, which is for one run at a time.
class Results {
 public:
  Results(const fs::path& folder, const fs::path& hand_ins, const std::string& exercise) {
    if (!hand_ins.empty() && std::ranges::mismatch(hand_ins, folder).in1 == hand_ins.end())
      throw misuse(
          fmt::format("{} is in the folder of the hand-ins, where nothing is written: choose another --out.",
                      folder.string()));
    std::error_code failed;
    const auto has = [&folder](const char* name) { return fs::exists(folder / name); };
    if (fs::exists(folder, failed) &&
        (!fs::is_directory(folder) || (!fs::is_empty(folder) && !has("class.json") && !has("events.jsonl") &&
                                       !has("cache") && !has("shards") && !has(".lock"))))
      throw misuse(fmt::format("{} has other things in it: give a new folder with --out.", folder.string()));
    if (const std::string other = exercise_in(folder); !other.empty() && other != exercise)
      throw misuse(
          fmt::format("{} has the results of {}, not of {}: give another folder, as with --out {}-{}.",
                      folder.string(), other, exercise, folder.filename().string(), exercise));
    fs::create_directories(folder, failed);
    if (failed)
      throw misuse(fmt::format("{} cannot be made: {}.\nSay where the results go: --out FOLDER",
                               folder.string(), failed.message()));
    lock_ = io::Descriptor(open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (lock_.get() < 0 || flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
      throw misuse(fmt::format("Another run writes into {}, or it cannot be written.", folder.string()));
  }

 private:
  io::Descriptor lock_;
};

void set_shard(ClassOptions& options, const std::string& text) {
  if (text.empty()) return;
  static const std::regex form("([0-9]{1,6})/([0-9]{1,6})");
  std::smatch found;
  if (std::regex_match(text, found, form)) {
    options.shard = std::stoul(found[1]);
    options.shards = std::stoul(found[2]);
  }
  if (options.shard == 0 || options.shard > options.shards)
    throw misuse(fmt::format("--shard \"{}\": a shard is I/N with 1 ≤ I ≤ N, such as 2/8.", text));
}

ClassOptions class_options(const Request& request, const ClassRequest& options, const Places& places) {
  ClassOptions chosen;
  chosen.out = results_folder(options, places);
  chosen.cache = chosen.out / "cache";
  if (!options.roster.empty()) chosen.roster = Roster::load(options.roster);
  if (!options.deadline.empty() && !(chosen.deadline = parse_moment(options.deadline)))
    throw misuse(
        fmt::format("--deadline \"{}\" is no moment: write it as 2026-05-01T23:59, with a zone (Z, "
                    "+02:00) if it is not this machine's.",
                    options.deadline));
  chosen.late = options.late;
  if (!options.late.empty()) {
    LateRule::parse(options.late);
    if (!chosen.deadline) throw misuse("--late needs a --deadline.");
  }
  chosen.best = options.count == "best";
  chosen.release = options.release;
  chosen.seed = request.selection.seed;
  set_shard(chosen, options.shard);
  if (chosen.shards)
    chosen.out = chosen.out / "shards" / fmt::format("{}-of-{}", chosen.shard, chosen.shards);
  chosen.sandbox = word(sandbox().level);
  chosen.grader = options.version;
  return chosen;
}

/// Compares the hand-ins, and writes and prints what people read of them.
void show(const Request& request, const ClassRequest& options, const Exercise& exercise, ClassResult result,
          const fs::path& out) {
  find_resemblances(result, out, load_manifest(exercise.manifest), request.output.language);
  write_class(out, result);
  write_pages(result, out, exercise, {.hints = options.hints, .language = request.output.language});
  if (request.output.json) return print(to_json(result));
  print(class_table(result, request.output));
  if (result.released && std::ranges::all_of(result.tests, &ClassTest::visible))
    print(
        fmt::format("\n{} has no hidden test: students see the same without --release.\n", result.exercise));
  print(fmt::format("\nThe results are in {}: begin with index.html.\n", out.string()));
  print(without_marks(result));
}

/// Throws: Error if no shard was graded in one of the folders.
void require_graded(const std::vector<fs::path>& shards) {
  std::error_code failed;
  for (const fs::path& shard : shards) {
    if (!fs::is_directory(shard, failed)) throw misuse(fmt::format("There is no folder {}.", shard.string()));
    if (!fs::is_regular_file(shard / "class.json", failed))
      throw misuse(fmt::format(
          "{} has no class.json: --merge takes what --shard I/N has written to its end, or its --out.",
          shard.string()));
  }
}

/// Returns: the folders, and instead of the results of a run with --shard the shards in them.
std::vector<fs::path> shards_in(const std::vector<std::string>& given) {
  std::vector<fs::path> folders;
  for (const fs::path folder : given) {
    std::error_code failed;
    const bool has_shards =
        !fs::exists(folder / "class.json", failed) && fs::is_directory(folder / "shards", failed);
    if (!has_shards) folders.push_back(folder);
    if (has_shards)
      for (fs::directory_iterator at(folder / "shards", failed), end; !failed && at != end;
           at.increment(failed))
        folders.push_back(at->path());
  }
  return folders;
}

int merge(const Request& request, const ClassRequest& options, const Places& places) {
  std::vector<fs::path> folders = shards_in(options.shards);
  require_graded(folders);
  const fs::path out = results_folder(options, places);
  std::error_code failed;
  if (folders.empty()) {
    for (fs::directory_iterator at(out / "shards", failed), end; !failed && at != end; at.increment(failed))
      folders.push_back(at->path());
    require_graded(folders);
  }
  std::ranges::sort(folders);
  const std::string first = folders.empty() ? std::string() : read_class(folders.front()).exercise;
  const Results results(out, {}, first);
  ClassResult merged = merge_shards(folders, out);
  const Exercise exercise = find_exercise(request, merged.exercise);
  show(request, options, exercise, std::move(merged), out);
  return 0;
}

}  // namespace

int class_command(const Request& request, const ClassRequest& options) {
  const Places where = places(options);
  if (options.merge) return merge(request, options, where);
  Interrupt interrupt;
  if (request.required_sandbox) require_sandbox(*request.required_sandbox);
  ClassOptions chosen = class_options(request, options, where);
  const Workspace workspace;
  OpenedClass opened = open_class(where.hand_ins, workspace.path());
  const Exercise exercise = exercise_of(request, where, opened.folder);
  chosen.hand_ins = std::move(opened.folder);
  chosen.left_out = std::move(opened.left_out);
  chosen.problems = std::move(opened.problems);
  for (const Exercise& other : load_kit(request.kit))
    if (other.name != exercise.name) chosen.other_files.emplace(load_spec(other).file, other.name);
  const Results results(chosen.out, where.hand_ins, exercise.name);
  const GradedClass done = grade_class(exercise, chosen, request.output, interrupt);
  if (done.interrupted) {
    print(fmt::format(
        "Interrupted: {} of {} files are graded, and known from now on.\nThe same command goes on "
        "from there.\n",
        done.graded + done.known, done.files));
    return kInterrupted;
  }
  show(request, options, exercise, done.result, chosen.out);
  if (!done.lost.empty() && !request.output.json)
    print(fmt::format("Hand-ins were lost, and the marks of these students are not theirs: {}.\n",
                      printable(fmt::format("{}", fmt::join(done.lost, ", ")))));
  if (done.failed == 0) return done.lost.empty() ? 0 : Error::kNotAsExpected;
  if (!request.output.json)
    print(fmt::format("{} files could not be graded; {} says why. The same command tries them again.\n",
                      done.failed, (chosen.out / "events.jsonl").string()));
  return Error::kNotAsExpected;
}

}  // namespace corokit::moulinette
