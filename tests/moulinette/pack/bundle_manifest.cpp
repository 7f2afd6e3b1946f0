#include "pack/bundle_manifest.hpp"

#include "class/digest.hpp"
#include "exercise/wrong_header.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

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

Json bundle_manifest(const PackedExercise& exercise, Platform platform,
                     const std::vector<PackedFile>& files) {
  Json by_role = Json::object();
  std::string content;  // of the exercise
  for (const PackedFile& file : files) {
    const std::string sum = digest(file.content);
    by_role[file.role].push_back({{"path", file.path}, {"sha256", sum}});
    // The same for all platforms, some of which have the tree in a folder.
    const std::size_t folder = file.path.starts_with(kTreeFolder) ? kTreeFolder.size() : 0;
    if (belongs_to_exercise(file)) content += fmt::format("{}  {}\n", sum, file.path.substr(folder));
  }
  const bool hidden_tests = platform == Platform::gradescope || platform == Platform::docker;
  return {{"schema_version", 1},
          {"kit_version", exercise.kit_version},
          {"platform", word(platform)},
          {"seed", exercise.seed},
          {"exercise",
           {{"name", exercise.spec.exercise},
            {"title", exercise.spec.title},
            {"file", exercise.spec.file},
            {"pass", exercise.spec.pass},
            {"fingerprint", digest(content)}}},
          {"files", std::move(by_role)},
          {"expected_pass", expected_pass(exercise.manifest)},
          {"expected_fail", expected_fail(exercise, hidden_tests)},
          {"commands", commands(exercise.spec.exercise, platform)}};
}

}  // namespace corokit::moulinette
