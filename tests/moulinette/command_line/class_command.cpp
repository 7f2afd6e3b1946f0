#include "command_line/class_command.hpp"

#include "class/archive.hpp"
#include "class/class_pages.hpp"
#include "class/class_table.hpp"
#include "class/grade_class.hpp"
#include "class/resemblances.hpp"
#include "command_line/command_parts.hpp"
#include "error.hpp"
#include "sandbox/sandbox.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <algorithm>
#include <charconv>
#include <map>
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

/// Returns: the exercise whose file the hand-ins have.
Exercise exercise_of(const Request& request, const Places& places) {
  if (!places.exercise.empty()) return find_exercise(request, places.exercise);
  std::map<std::string, std::size_t> counts;
  const bool packed = !fs::is_directory(places.hand_ins);
  for (const std::string& name : packed ? names_in(places.hand_ins) : source_names(places.hand_ins))
    ++counts[fs::path(name).filename().string()];
  std::vector<Exercise> found;
  std::vector<std::string> names;
  for (const Exercise& exercise : load_kit(request.kit)) {
    if (!counts.contains(load_spec(exercise).file)) continue;
    found.push_back(exercise);
    names.push_back(exercise.name);
  }
  if (found.size() == 1) return found.front();
  throw misuse(fmt::format(
      "{}.\nSay which one is graded: ./moulinette class EXERCISE {}",
      found.empty() ? std::string("No file in it has the name of an exercise's file")
                    : fmt::format("There are files of several exercises: {}", fmt::join(names, ", ")),
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

/// Makes the folder of the results, which is for one run at a time.
class Results {
 public:
  Results(const fs::path& folder, const fs::path& hand_ins) {
    if (!hand_ins.empty() && std::ranges::mismatch(hand_ins, folder).in1 == hand_ins.end())
      throw misuse(
          fmt::format("{} is in the folder of the hand-ins, where nothing is written: choose another --out.",
                      folder.string()));
    std::error_code failed;
    const auto has = [&folder](const char* name) { return fs::exists(folder / name); };
    if (fs::exists(folder, failed) &&
        (!fs::is_directory(folder) || (!fs::is_empty(folder) && !has("class.json") && !has("events.jsonl") &&
                                       !has("cache") && !has("shards"))))
      throw misuse(fmt::format("{} has other things in it: give a new folder with --out.", folder.string()));
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
  chosen.hand_ins = places.hand_ins;
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
  print(fmt::format("\nThe results are in {}: begin with index.html.\n", out.string()));
}

/// Throws: Error if no shard was graded in one of the folders.
void require_graded(const std::vector<fs::path>& shards) {
  std::error_code failed;
  for (const fs::path& shard : shards) {
    if (!fs::is_directory(shard, failed)) throw misuse(fmt::format("There is no folder {}.", shard.string()));
    if (!fs::is_regular_file(shard / "class.json", failed))
      throw misuse(fmt::format("{} has no class.json: --merge takes what --shard I/N has written to its end.",
                               shard.string()));
  }
}

int merge(const Request& request, const ClassRequest& options, const Places& places) {
  std::vector<fs::path> folders(options.shards.begin(), options.shards.end());
  require_graded(folders);
  const fs::path out = results_folder(options, places);
  std::error_code failed;
  if (folders.empty()) {
    for (fs::directory_iterator at(out / "shards", failed), end; !failed && at != end; at.increment(failed))
      folders.push_back(at->path());
    require_graded(folders);
  }
  const Results results(out, {});
  std::ranges::sort(folders);
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
  const Exercise exercise = exercise_of(request, where);
  const ClassOptions chosen = class_options(request, options, where);
  const Results results(chosen.out, where.hand_ins);
  const GradedClass done = grade_class(exercise, chosen, request.output, interrupt);
  if (done.interrupted) {
    print(fmt::format(
        "Interrupted: {} of {} files are graded, and known from now on.\nThe same command goes on "
        "from there.\n",
        done.graded + done.known, done.files));
    return kInterrupted;
  }
  show(request, options, exercise, done.result, chosen.out);
  if (done.failed == 0) return 0;
  if (!request.output.json)
    print(fmt::format("{} files could not be graded; {} says why. The same command tries them again.\n",
                      done.failed, (chosen.out / "events.jsonl").string()));
  return Error::kNotAsExpected;
}

}  // namespace corokit::moulinette
