#include "pack/bundle.hpp"

#include "error.hpp"
#include "pack/bundle_manifest.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Words = std::map<std::string, std::string>;  // what stands between two @, and what replaces it

bool is_for_students(Platform platform) {
  return platform == Platform::students || platform == Platform::classroom;
}

std::string filled_in(std::string text, const Words& words) {
  for (const auto& [word, value] : words) {
    const std::string key = "@" + word + "@";
    for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += value.size())
      text.replace(at, key.size(), value);
  }
  return text;
}

PackedFile from_template(const PackedExercise& exercise, const std::string& name, const Words& words) {
  const std::string text = read_file(exercise.templates / name);
  return {name, "platform", filled_in(text, words), text.starts_with("#!")};
}

int withheld(const Spec& spec) {
  int points = 0;
  for (const TestSpec& test : spec.tests) points += test.visible ? 0 : test.points;
  return points;
}

Words words_of(const Spec& spec, std::uint64_t seed) {
  const int hidden = withheld(spec);
  std::string kind = fs::path(spec.file).extension();
  kind.erase(0, 1);
  return {
      {"EXERCISE", spec.exercise},
      {"FILE", spec.file},
      {"SEED", std::to_string(seed)},
      {"KIND", kind},
      {"SUBJECT", spec.subject},
      {"SUBJECT_FR", french_name(spec.subject)},
      {"WITHHELD", hidden == 0 ? ""
                               : fmt::format("\nOf 100 points, {} are for tests that are not here: whoever "
                                             "collects your file plays them.\n",
                                             hidden)},
      {"WITHHELD_FR", hidden == 0 ? ""
                                  : fmt::format("\nSur 100 points, {} viennent de tests absents d'ici, joués "
                                                "après la remise.\n",
                                                hidden)}};
}

void add_platform(const PackedExercise& exercise, Platform platform, std::vector<PackedFile>& files) {
  const Words words = words_of(exercise.spec, exercise.seed);
  if (is_for_students(platform)) {
    files.push_back(from_template(exercise, "README.md", words));
    if (platform == Platform::classroom)
      files.push_back(
          {".github/workflows/classroom.yml", "platform", classroom_workflow(exercise.spec, exercise.seed)});
    return;
  }
  files.push_back(from_template(exercise, "setup.sh", words));
  files.push_back(from_template(exercise, "run_autograder", words));
  if (platform == Platform::docker) files.push_back(from_template(exercise, "Containerfile", words));
}

}  // namespace

std::string_view word(Platform platform) noexcept {
  switch (platform) {
    case Platform::gradescope:
      return "gradescope";
    case Platform::classroom:
      return "classroom";
    case Platform::docker:
      return "docker";
    case Platform::students:
      return "students";
  }
  return "unknown";
}

std::vector<PackedFile> make_bundle(const PackedExercise& exercise, Platform platform) {
  const bool hidden_tests = !is_for_students(platform);
  std::vector<PackedFile> files =
      packed_tree({.root = exercise.root, .exercise = exercise.spec.exercise, .hidden_tests = hidden_tests});
  if (hidden_tests)
    for (PackedFile& file : files) file.path.insert(0, kTreeFolder);
  add_platform(exercise, platform, files);
  std::ranges::sort(files, {}, &PackedFile::path);
  files.push_back({"manifest.json", "platform", bundle_manifest(exercise, platform, files).dump(2) + "\n"});
  return files;
}

std::string classroom_workflow(const Spec& spec, std::uint64_t seed) {
  std::string steps;
  std::string environment;
  std::string runners;
  for (const TestSpec& test : spec.tests) {
    if (!test.visible) continue;
    std::string variable;
    for (const char c : test.name) variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    steps += fmt::format(R"(      - name: {0}
        id: {0}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: {0}
          command: ./moulinette grade {1} --test {0} --seed {3} --no-install
          timeout: 5
          max-score: {2}
)",
                         test.name, spec.exercise, test.points, seed);
    environment +=
        fmt::format("          {}_RESULTS: \"${{{{steps.{}.outputs.result}}}}\"\n", variable, test.name);
    runners += (runners.empty() ? "" : ",") + test.name;
  }
  return fmt::format(
      R"(# A step gives all points of its test, or none. All hand-ins have one seed, so the same file always has the same points.
name: Grade {}
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  grade:
    runs-on: ubuntu-24.04
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - name: Install and build
        run: ./moulinette prepare {}
{}      - name: Report
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{}        with:
          runners: {}
)",
      spec.exercise, spec.exercise, steps, environment, runners);
}

}  // namespace corokit::moulinette
