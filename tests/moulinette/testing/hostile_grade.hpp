#pragma once
#include "testing/hostile_case.hpp"

namespace corokit::moulinette {

/// Grades what is hostile, by the norm of all exercises or by none, and sees what that leaves behind.
class HostileGrade {
 public:
  using Json = nlohmann::json;

  explicit HostileGrade(std::string exercise, bool norm_is_enforced = true)
      : exercise_(std::move(exercise)), norm_is_enforced_(norm_is_enforced) {
    const Json kits = Json::parse(read_text(exercise_ == "toy" ? TOY_KIT : KIT));
    Json entry = *std::ranges::find_if(kits, [&](const Json& of) { return of["name"] == exercise_; });
    const std::filesystem::path spec = entry["spec"].get<std::string>();
    std::filesystem::copy(spec.parent_path(), folder_ / "exercise");
    entry["spec"] = (folder_ / "exercise/spec.json").string();
    write_text(entry["spec"].get<std::string>(), changed(Json::parse(read_text(spec))).dump());
    write_text(folder_ / "kit.json", Json::array({entry, nullptr}).dump());
    std::filesystem::create_directories(folder_ / "tmp");
  }

  /// Grades a file; `options` go before it.
  Finished grade(const std::filesystem::path& file,
                 const std::vector<std::string>& options = {"--json"}) const {
    return grade_in({}, file, options);
  }

  /// The same, in another current folder.
  Finished grade_in(const std::filesystem::path& directory, const std::filesystem::path& file,
                    const std::vector<std::string>& options) const {
    // What outlives the program becomes a child of this one.
    const std::string script =
        R"("$@"; status=$?
for process in $(cat /proc/$PPID/task/*/children); do
  test $process = $$ || grep -H -e '^Name' -e '^State:.*[^Z] (' /proc/$process/status
done >)" +
        (folder_ / "left").string() + " 2>/dev/null; exit $status";
    std::vector<std::string> argv{"/bin/sh", "-c", script, "sh", MOULINETTE, "grade", exercise_};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.insert(argv.end(), {"--kit", folder_ / "kit.json", "--", file});
    std::vector<std::string> environment{"TMPDIR=" + (folder_ / "tmp").string()};
    if (!norm_is_enforced_) environment.emplace_back("COROKIT_NORM_IS_OFF=1");
    return run_process(
        {.argv = std::move(argv), .directory = directory, .environment = std::move(environment)},
        {.wall = std::chrono::minutes(4)},  // other programs may have most of the machine
        nobody_interrupts());
  }

  /// Returns: what the last grade left, processes and files; empty as it should be.
  std::string left_behind() const {
    std::string left = read_text(folder_ / "left");
    for (const auto& item : std::filesystem::directory_iterator(folder_ / "tmp"))
      left += item.path().string() + "\n";
    for (const char* place : {"/tmp", "/var/tmp", "/dev/shm", "."})
      if (std::filesystem::exists(std::filesystem::path(place) / "hostile.written"))
        left += std::string(place) + "/hostile.written\n";
    return left;
  }

  const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  /// The limits of exercises are far from what a right solution takes. Here each second that a test waits is one that
  /// somebody waits for the tests.
  static Json changed(Json spec) {
    spec["norm"]["allowed"] = Json::array();
    if (spec.contains("schedules")) spec["schedules"] = 2;
    if (spec.contains("limits"))
      spec["limits"].update({{"wall_seconds", 4},
                             {"cpu_seconds", 3},
                             {"schedule_cpu_seconds", 1},
                             {"compile_seconds", 6},
                             {"memory_mib", 512}});
    return spec;
  }

  std::string exercise_;
  bool norm_is_enforced_;
  Workspace workspace_;
  std::filesystem::path folder_ = workspace_.path();
};

/// Returns: the outcomes of the tests in their order, or one word if they are all alike.
inline std::string outcomes_of(const nlohmann::json& graded) {
  std::string all;
  std::set<std::string> different;
  for (const nlohmann::json& test : graded.at("tests")) {
    const auto outcome = test.at("outcome").get<std::string>();
    all += (all.empty() ? "" : " ") + outcome;
    different.insert(outcome);
  }
  return different.size() == 1 ? *different.begin() : all;
}

/// Returns: what a report says of the findings of the norm and of the tests, a line each.
inline std::string sentences_of(const nlohmann::json& graded) {
  std::string all;
  for (const nlohmann::json& finding : graded.at("norm"))
    all += finding.at("symbol").get<std::string>() + ": " + finding.at("why").get<std::string>() + "\n";
  for (const nlohmann::json& test : graded.at("tests")) all += test.at("message").get<std::string>() + "\n";
  return all;
}

}  // namespace corokit::moulinette
