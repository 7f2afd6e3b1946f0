#pragma once
#include "building/compile.hpp"
#include "class/class_result.hpp"
#include "class/kit_digests.hpp"
#include "class/result_cache.hpp"
#include "norm/admission.hpp"
#include "verdict/session.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// How a file was graded, in short.
struct FileSummary {
  std::string verdict;  // a word of Verdict, or "not_graded"
  std::string problem;  // for "not_graded", a sentence
  int score = 0;
  int warnings = 0;
  std::vector<TestMark> tests;
  std::vector<std::string> norm;
  std::string unread;  // why the norm could not read its syntax; empty if it could, or had no need to
};

/// A file on its way to a verdict: compiled or refused, and what is known of its tests.
struct Prepared {
  std::string content;              // its digest
  std::filesystem::path folder;     // where all that is made of it is
  nlohmann::ordered_json compiled;  // "kind": "done", "refused", "not_compiled"; "message"; "norm"; "reads"
  Compiled made;                    // the executable is linked once a test has to be played
  std::string compilation;          // the key under which its compilation is known
  std::string program;              // a digest of all that it was compiled from
  std::vector<nlohmann::ordered_json> tests;  // how each ended; null where it has to be played
  bool was_known = true;                      // whether nothing had to be compiled or played
  bool interrupted = false;
};

/// Grades files of one exercise, and keeps in a cache how they were compiled and how each test ended. Every hand-in is
/// called as the exercise's file in what the compiler and the tests say of it, so equal files have equal results.
///
/// Thread-safety: all members may be called at once from any thread, for different files. Each blocks.
class FileGrader {
 public:
  /// `spec` is the spec.json of the session. `sandbox` names the level under which everything runs.
  FileGrader(Session& session, const std::filesystem::path& spec, const ResultCache& cache,
             const std::string& sandbox);

  /// Compiles a file, unless it is known how that ends.
  Prepared prepare(const std::filesystem::path& source, const std::string& content) const;
  /// Plays a test and remembers how it ends. Requires: it has to be played.
  nlohmann::ordered_json play(const Prepared& prepared, std::size_t test) const;
  /// Plays the schedule in which the first test failed once more, made short, to be shown: that takes as long as a test, so
  /// of the others only those are whose message is long. Their messages are those of the simplest scenario from then on.
  /// Requires: all tests are played. Does nothing if the interrupt comes first.
  void draw(Prepared& prepared) const;
  /// Adds up the points, and removes the folder of the file. Returns: what to_json(Graded) gives.
  nlohmann::ordered_json finish(const Prepared& prepared) const;

  /// Returns: how the tests of an executable that the build made end, as finish() gives them.
  nlohmann::ordered_json grade_executable(const std::string& name,
                                          const std::filesystem::path& executable) const;
  /// Whether it is known how all of its tests end.
  bool knows_executable(const std::filesystem::path& executable) const;

 private:
  /// Returns: the files on which a compilation depends, but for the hand-in.
  std::vector<std::filesystem::path> read_by(const Admission& admission) const;
  bool find_compiled(Prepared& prepared) const;
  void compile(const std::filesystem::path& source, Prepared& prepared) const;
  void find_tests(Prepared& prepared) const;
  void link_for_tests(Prepared& prepared) const;
  /// `sources`: what the explorer quotes of a rung.
  nlohmann::ordered_json play(const std::filesystem::path& executable,
                              const std::vector<std::filesystem::path>& sources,
                              const std::filesystem::path& folder, std::size_t test,
                              const Schedules& schedules) const;
  void draw(Prepared& prepared, std::size_t test) const;
  bool find_drawing(Prepared& prepared, std::size_t test) const;
  std::string drawing_key(const Prepared& prepared, std::size_t test) const;
  std::string test_key(const std::string& program, std::size_t test) const;

  Session& session_;
  const ResultCache& cache_;
  mutable FileDigests digests_;
  KitDigests kit_;
};

/// Returns: the summary of what FileGrader::finish() gives.
FileSummary summary_of(const nlohmann::ordered_json& graded);

}  // namespace corokit::moulinette
