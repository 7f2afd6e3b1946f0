#include "verdict/session.hpp"

#include "error.hpp"
#include "output/error_texts.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <random>
#include <vector>

namespace corokit::moulinette {
namespace {

/// Returns: a number that can be typed again.
std::uint64_t drawn_seed() {
  std::random_device random;
  return std::uniform_int_distribution<std::uint64_t>(1, 999'999)(random);
}

}  // namespace

Session::Session(const Exercise& exercise, OutputOptions the_output, Interrupt& the_interrupt)
    : spec(load_spec(exercise)),
      manifest(load_manifest(exercise.manifest)),
      output(the_output),
      interrupt(the_interrupt),
      play{.count = spec.schedules},
      spec_file_(exercise.spec),
      build_folder_(exercise.manifest.parent_path()) {}

Spec Session::spec_in(Language language) const {
  return language == spec.language ? spec : load_spec({spec.exercise, spec_file_, {}}, language);
}

void Session::select(const Selection& selection) {
  play.seed = selection.seed.value_or(drawn_seed());
  play.only = selection.schedule;
  play.shown_for = spec.exercise;
  sanitizer = selection.sanitizer;
  if (selection.mine) {
    if (!spec.is_rung)
      throw misuse(error_text("{} is no rung of the ladder: --mine is for those only.", spec.exercise));
    // The folders in which earlier rungs are looked for: first the students', then the references'.
    const auto references = std::ranges::find(manifest.compile, "-I" + (manifest.root / "mutants").string());
    const auto own = std::ranges::find(manifest.compile, "-I" + (manifest.root / "exercises").string());
    if (references != manifest.compile.end() && own != manifest.compile.end())
      std::iter_swap(references, own);
  }
  if (selection.keep) {
    kept = build_folder_ / "kept";
    manifest.compile.emplace_back("-g");
  }
  if (selection.test.empty()) return;
  spec.tests = {TestSpec(test_or_part(selection.test))};
  spec.pass = spec.max_score();
  is_partial = true;
}

const TestSpec& Session::test_or_part(const std::string& name) const {
  if (const TestSpec* test = spec.find(name)) return *test;
  std::vector<std::string> names;
  for (const TestSpec& known : spec.tests) names.push_back(known.name);
  throw misuse(error_text("{} has no test \"{}\". It has: {}.", spec.exercise, name,
                          fmt::format("{}", fmt::join(names, ", "))));
}

const RosterEntry* Session::find_in_roster(const std::filesystem::path& name) const {
  std::error_code failed;
  if (!spec.is_rung || std::filesystem::exists(name, failed)) return nullptr;
  const auto found = std::ranges::find(manifest.roster, name.string(), &RosterEntry::name);
  return found == manifest.roster.end() ? nullptr : &*found;
}

std::filesystem::path Session::kept_runs() const {
  std::error_code failed;
  std::filesystem::create_directories(build_folder_ / "runs", failed);
  return build_folder_ / "runs";
}

std::filesystem::path Session::manifest_under(const std::string& option) const {
  const std::filesystem::path kit = build_folder_.parent_path();  // BUILD/kit, beside BUILD/asan/kit
  return kit.parent_path() / option.substr(2) / kit.filename() / build_folder_.filename() / "manifest.json";
}

std::filesystem::path Session::file_to_fill_in() const {
  std::error_code failed;
  const auto here = std::filesystem::proximate(manifest.folder / spec.file, failed);
  return failed ? manifest.folder / spec.file : here;
}

}  // namespace corokit::moulinette
