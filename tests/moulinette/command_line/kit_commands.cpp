#include "command_line/kit_commands.hpp"

#include "class/course_seed.hpp"
#include "command_line/command_parts.hpp"
#include "error.hpp"
#include "exercise/closest.hpp"
#include "exercise/contract.hpp"
#include "pack/bundle.hpp"
#include "pack/write_files.hpp"
#include "report/contract_report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

/// Returns: what was made, and what one does with it.
std::string pack_report(const std::string& exercise, Platform platform, const std::filesystem::path& out,
                        std::size_t files, std::uint64_t seed) {
  std::string text = fmt::format("made {}: {} files\n", out.string(), files);
  if (platform != Platform::students)
    text += fmt::format("It grades every hand-in by the seed {}: the same file always has the same points.\n",
                        seed);
  switch (platform) {
    case Platform::gradescope:
      return text +
             "Upload it as the autograder of a programming assignment, on a base image with CMake 3.25 and "
             "g++ 12 "
             "(Ubuntu 24.04).\n";
    case Platform::docker:
      return text + fmt::format("Build the image in it: docker build -t {} -f Containerfile .\n", exercise);
    case Platform::classroom:
      return text + "Make it the template repository of an assignment of GitHub Classroom.\n";
    case Platform::students:
      return text + fmt::format("Hand it out. There: ./moulinette grade {}\n", exercise);
  }
  return text;
}

}  // namespace

int spec_command(const Request& request, const std::filesystem::path& root,
                 std::vector<std::string> exercises) {
  const std::vector<std::string> all = exercises_of(root);
  for (const std::string& name : exercises) {
    if (std::ranges::find(all, name) != all.end()) continue;
    throw misuse(fmt::format("There is no {}{}", (root / "exercises" / name / "spec.json").string(),
                             did_you_mean(name, all)));
  }
  if (exercises.empty()) exercises = all;
  std::vector<Fault> faults;
  for (const std::string& name : exercises) {
    const std::vector<Fault> found = check_contract(root, name);
    faults.insert(faults.end(), found.begin(), found.end());
  }
  if (request.output.json)
    print(to_json(faults, exercises));
  else
    print(contract_report(faults, exercises));
  return faults.empty() ? 0 : Error::kNotAsExpected;
}

int pack_command(const Request& request, const PackOptions& options) {
  constexpr std::array kPlatforms{Platform::gradescope, Platform::classroom, Platform::docker,
                                  Platform::students};
  const Platform platform =
      *std::ranges::find_if(kPlatforms, [&](Platform known) { return word(known) == options.platform; });
  const Exercise exercise = find_exercise(request, options.exercise);
  const std::vector<Fault> faults = check_contract(options.root, exercise.name);
  if (!faults.empty())
    throw broken(fmt::format("{} is not sound, so it is not packed:\n{}", exercise.name,
                             contract_report(faults, {exercise.name})));
  std::filesystem::path out = options.out;
  if (out.empty())
    out = fmt::format("{}-{}{}", exercise.name, options.platform,
                      platform == Platform::gradescope ? ".zip" : "");
  const bool is_zip = out.extension() == ".zip";
  if (std::filesystem::exists(out))
    throw misuse(fmt::format("{} is there already: remove it, or name another {} with --out.", out.string(),
                             is_zip ? "file" : "folder"));
  const std::uint64_t seed = options.seed.value_or(course_seed(exercise.name, options.kit_version));
  const std::vector<PackedFile> files =
      make_bundle({.root = options.root,
                   .templates = options.root / "tests/moulinette/pack/templates",
                   .kit_version = options.kit_version,
                   .seed = seed,
                   .spec = load_spec(exercise),
                   .manifest = load_manifest(exercise.manifest)},
                  platform);
  is_zip ? write_zip(out, files) : write_folder(out, files);
  if (request.output.json)
    print(nlohmann::ordered_json{{"exercise", exercise.name},
                                 {"platform", options.platform},
                                 {"out", out.string()},
                                 {"files", files.size()},
                                 {"seed", seed}});
  else
    print(pack_report(exercise.name, platform, out, files.size(), seed));
  return 0;
}

}  // namespace corokit::moulinette
