#include "pack/bundle.hpp"

#include "class/course_seed.hpp"
#include "error.hpp"
#include "exercise/schema.hpp"
#include "pack/bundle_manifest.hpp"
#include "pack/write_files.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

PackedExercise packed(const std::string& name) {
  const std::vector<Exercise> kit = load_kit(KIT);
  const Exercise& exercise = *std::ranges::find(kit, name, &Exercise::name);
  return {.root = ROOT,
          .templates = ROOT "/tests/moulinette/pack/templates",
          .kit_version = "1.2.3",
          .seed = 4711,
          .spec = load_spec(exercise),
          .manifest = load_manifest(exercise.manifest)};
}

const PackedFile& find(const std::vector<PackedFile>& files, const std::string& path) {
  const auto found = std::ranges::find(files, path, &PackedFile::path);
  if (found == files.end()) throw std::runtime_error("no " + path);
  return *found;
}

class Bundles : public testing::TestWithParam<Platform> {};

TEST_P(Bundles, HaveAManifestOfAllTheirFiles) {
  const std::vector<PackedFile> files = make_bundle(packed("async_orchestrator"), GetParam());
  const auto manifest = nlohmann::json::parse(find(files, "manifest.json").content);
  const auto schema = read_json(ROOT "/tests/moulinette/pack/manifest.schema.json");
  EXPECT_EQ(violations(manifest, schema, "manifest.json"), std::vector<std::string>{});
  EXPECT_EQ(manifest["platform"], word(GetParam()));
  EXPECT_EQ(manifest["kit_version"], "1.2.3");
  EXPECT_EQ(manifest["seed"], 4711);
  std::size_t listed = 0;
  for (const auto& [role, list] : manifest["files"].items()) listed += list.size();
  EXPECT_EQ(listed + 1, files.size());
  const auto named = [&](const char* key, const std::string& name) {
    return std::ranges::any_of(manifest[key], [&](const auto& entry) { return entry["name"] == name; });
  };
  EXPECT_TRUE(named("expected_pass", "matrix_orchestrator"));
  EXPECT_TRUE(named("expected_fail", "mutant_a_boundary"));
  EXPECT_TRUE(named("expected_fail", "refused_2_blocking"));
  for (const auto& wrong : manifest["expected_fail"]) EXPECT_FALSE(wrong["killed_by"].empty()) << wrong;
}

TEST_P(Bundles, HaveNoPlaceholderLeft) {
  for (const PackedFile& file : make_bundle(packed("04_oneshot"), GetParam()))
    if (file.role == "platform") {
      for (const char* word : {"@EXERCISE@", "@FILE@", "@KIND@", "@SEED@", "@SUBJECT", "@WITHHELD"})
        EXPECT_EQ(file.content.find(word), std::string::npos) << file.path << " has " << word;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Bundles,
                         testing::Values(Platform::gradescope, Platform::classroom, Platform::docker,
                                         Platform::students),
                         [](const auto& parameter) { return std::string(word(parameter.param)); });

TEST(Bundle, HasTheFingerprintOfItsExercise) {
  const auto fingerprint = [](const PackedExercise& exercise, Platform platform) {
    const std::vector<PackedFile> files = make_bundle(exercise, platform);
    return nlohmann::json::parse(find(files, "manifest.json").content)["exercise"]["fingerprint"];
  };
  const PackedExercise async = packed("async_orchestrator");
  EXPECT_EQ(fingerprint(async, Platform::gradescope), fingerprint(async, Platform::students))
      << "no test is hidden";
  EXPECT_NE(fingerprint(async, Platform::docker), fingerprint(packed("04_oneshot"), Platform::docker));
}

TEST(Bundle, OfDockerRunsTheScriptThatGradescopeRuns) {
  const std::vector<PackedFile> docker = make_bundle(packed("04_oneshot"), Platform::docker);
  const std::vector<PackedFile> gradescope = make_bundle(packed("04_oneshot"), Platform::gradescope);
  for (const char* script : {"setup.sh", "run_autograder"}) {
    EXPECT_EQ(find(docker, script).content, find(gradescope, script).content);
    EXPECT_TRUE(find(docker, script).executable) << script;
    EXPECT_EQ(shell("bash -n -s <<'END'\n" + find(docker, script).content + "END\n").code, 0) << script;
  }
  const std::string file = find(docker, "Containerfile").content;
  EXPECT_NE(file.find("\nRUN /autograder/source/setup.sh"), std::string::npos) << file;
  EXPECT_NE(file.find("\nCMD [\"/autograder/run_autograder\"]"), std::string::npos) << file;
}

TEST(Bundle, GradesTheSameFileByTheSameSeed) {
  for (const Platform platform : {Platform::gradescope, Platform::docker})
    EXPECT_NE(find(make_bundle(packed("async_orchestrator"), platform), "run_autograder")
                  .content.find(" grade async_orchestrator \"${found[0]}\" --no-install --seed 4711 "),
              std::string::npos);
  for (const Platform platform : {Platform::classroom, Platform::students})
    EXPECT_NE(find(make_bundle(packed("async_orchestrator"), platform), "README.md")
                  .content.find("./moulinette grade async_orchestrator --seed 4711"),
              std::string::npos);
}

TEST(CourseSeed, IsOneForAnExerciseAndAVersion) {
  EXPECT_EQ(course_seed("toy", "1.2.3"), course_seed("toy", "1.2.3"));
  EXPECT_NE(course_seed("toy", "1.2.3"), course_seed("toy", "1.2.4"));
  EXPECT_NE(course_seed("toy", "1.2.3"), course_seed("boy", "1.2.3"));
}

TEST(Bundle, OfClassroomHasAStepForEachTest) {
  const PackedExercise exercise = packed("async_orchestrator");
  const std::string yaml = classroom_workflow(exercise.spec, exercise.seed);
  int points = 0;
  for (const TestSpec& test : exercise.spec.tests) {
    EXPECT_NE(yaml.find("grade async_orchestrator --test " + test.name + " --seed 4711 --no-install"),
              std::string::npos);
    EXPECT_NE(yaml.find("max-score: " + std::to_string(test.points)), std::string::npos);
    points += test.points;
  }
  EXPECT_EQ(points, 100);
  EXPECT_NE(yaml.find("TIMEOUT_RESULTS: \"${{steps.timeout.outputs.result}}\""), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("runners: basic_execution,semaphore_limit,"), std::string::npos) << yaml;
  EXPECT_EQ(yaml.find('\t'), std::string::npos);
}

TEST(WriteFiles, IsTheSameForTheSameFiles) {
  const std::vector<PackedFile> files{{"a/run", "", "#!/bin/sh\necho hello\n", true},
                                      {"b", "", std::string("\0x", 2)}};
  const Workspace workspace;
  const fs::path one = workspace.path() / "one.zip";
  write_zip(one, files);
  write_zip(workspace.path() / "two.zip", files);
  EXPECT_EQ(read_text(one), read_text(workspace.path() / "two.zip"));
  write_folder(workspace.path() / "folder", files);
  EXPECT_EQ(read_text(workspace.path() / "folder/b"), files[1].content);
  EXPECT_EQ(run({(workspace.path() / "folder/a/run").string()}).output, "hello\n");
}

TEST(WriteFiles, LeavesNothingBehindThatIsNotWhole) {
  const Workspace workspace;
  EXPECT_THROW(write_folder(workspace.path() / "half", {{"a", "", "x"}, {"a/b", "", "y"}}), Error);
  EXPECT_FALSE(fs::exists(workspace.path() / "half"));
}

TEST(PackCommand, NeedsAPlatformAndAFreshFolder) {
  const Workspace workspace;
  EXPECT_EQ(moulinette({"pack", "04_oneshot"}).code, 2);
  EXPECT_EQ(moulinette({"pack", "04_oneshot", "--for", "mars"}).code, 2);
  const Finished there =
      moulinette({"pack", "04_oneshot", "--for", "students", "--out", workspace.path().string()});
  EXPECT_EQ(there.code, 2);
  EXPECT_NE(there.output.find("is there already"), std::string::npos) << there.output;
  const fs::path zip = workspace.path() / "students.zip";
  EXPECT_EQ(moulinette({"pack", "04_oneshot", "--for", "students", "--out", zip.string()}).code, 0);
  const fs::path folder = workspace.path() / "docker";
  const Finished packed =
      moulinette({"pack", "04_oneshot", "--for", "docker", "--seed", "17", "--out", folder.string()});
  EXPECT_NE(packed.output.find("by the seed 17"), std::string::npos) << packed.output;
  EXPECT_EQ(read_json(folder / "manifest.json").at("seed"), 17);
  EXPECT_TRUE(read_text(zip).starts_with("PK"));
  const Finished over = moulinette({"pack", "04_oneshot", "--for", "students", "--out", zip.string()});
  EXPECT_EQ(over.code, 2);
  EXPECT_NE(over.output.find("is there already"), std::string::npos) << over.output;
}

}  // namespace
}  // namespace corokit::moulinette
