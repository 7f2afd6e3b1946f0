#include "pack/bundle_manifest.hpp"

#include "error.hpp"
#include "exercise/wrong_header.hpp"
#include "pack/write_files.hpp"
#include "process/process.hpp"
#include "running/workspace.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

/// What the content of an exercise depends on: its own files, what it stands on, and its tests.
bool belongs_to_exercise(const PackedFile& file) {
  return file.role != "kit" && file.role != "platform";
}

Json expected_pass(const Manifest& manifest) {
  Json list = Json::array();
  for (const RosterEntry& entry : manifest.roster)
    if (entry.role == Role::reference || entry.role == Role::alternative)
      list.push_back({{"name", entry.name}, {"role", word(entry.role)}});
  return list;
}

/// Students learn nothing of hidden tests.
Json expected_fail(const PackedExercise& exercise, bool hidden_tests) {
  Json list = Json::array();
  for (const RosterEntry& entry : exercise.manifest.roster) {
    if (!is_wrong(entry.role)) continue;
    const WrongHeader header = load_wrong_header(exercise.manifest.root, entry.file, exercise.spec);
    Json killers = Json::array();
    for (const std::string& killer : header.killed_by)
      if (hidden_tests || exercise.spec.find(killer)->visible) killers.push_back(killer);
    list.push_back({{"name", entry.name},
                    {"role", word(entry.role)},
                    {"killed_by", std::move(killers)},
                    {"ends", header.finding.empty() ? std::string(word(header.expect)) : header.finding}});
  }
  return list;
}

Json commands(const std::string& exercise, Platform platform) {
  const std::string grade = "./moulinette grade " + exercise;
  switch (platform) {
    case Platform::gradescope:
      return {{"setup", "./setup.sh"}, {"grade", "./run_autograder"}};
    case Platform::docker:
      return {{"setup", fmt::format("docker build -t {} -f Containerfile .", exercise)},
              {"grade", fmt::format("docker run --rm -v \"$PWD/hand-in:/autograder/submission:ro\" -v "
                                    "\"$PWD/results:/autograder/results\" {}",
                                    exercise)}};
    case Platform::classroom:
    case Platform::students:
      break;
  }
  return {{"setup", "./moulinette prepare " + exercise}, {"grade", grade}};
}

}  // namespace

std::vector<std::string> checksums(const std::vector<PackedFile>& files) {
  const Workspace workspace;
  write_folder(workspace.path(), files);
  Command command{.argv = {"sha256sum", "--"}, .directory = workspace.path()};
  for (const PackedFile& file : files) command.argv.push_back(file.path);
  const Finished finished = run_process(command, {.output = std::size_t{16} << 20U});
  if (!finished.succeeded()) throw broken(fmt::format("sha256sum cannot be run: {}", finished.output));
  std::istringstream lines(finished.output);
  std::vector<std::string> sums;
  for (std::string line; std::getline(lines, line);) sums.push_back(line.substr(0, line.find(' ')));
  return sums;
}

Json bundle_manifest(const PackedExercise& exercise, Platform platform,
                     const std::vector<PackedFile>& files) {
  const std::vector<std::string> sums = checksums(files);
  Json by_role = Json::object();
  std::string content;  // of the exercise
  for (std::size_t i = 0; i < files.size(); ++i) {
    by_role[files[i].role].push_back({{"path", files[i].path}, {"sha256", sums[i]}});
    // The same for all platforms, some of which have the tree in a folder.
    const std::size_t folder = files[i].path.starts_with(kTreeFolder) ? kTreeFolder.size() : 0;
    if (belongs_to_exercise(files[i]))
      content += fmt::format("{}  {}\n", sums[i], files[i].path.substr(folder));
  }
  const bool hidden_tests = platform == Platform::gradescope || platform == Platform::docker;
  return {{"schema_version", 1},
          {"kit_version", exercise.kit_version},
          {"platform", word(platform)},
          {"exercise",
           {{"name", exercise.spec.exercise},
            {"title", exercise.spec.title},
            {"file", exercise.spec.file},
            {"pass", exercise.spec.pass},
            {"fingerprint", checksums({{"exercise", "", content}}).front()}}},
          {"files", std::move(by_role)},
          {"expected_pass", expected_pass(exercise.manifest)},
          {"expected_fail", expected_fail(exercise, hidden_tests)},
          {"commands", commands(exercise.spec.exercise, platform)}};
}

}  // namespace corokit::moulinette
