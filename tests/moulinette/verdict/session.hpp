#pragma once
#include "exercise/manifest.hpp"
#include "exercise/spec.hpp"
#include "output/output_options.hpp"
#include "process/interrupt.hpp"
#include "running/test_run.hpp"
#include "running/workspace.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// What grade plays, if it is not the whole exercise from a seed that it draws.
struct Selection {
  std::optional<std::uint64_t> seed;      // of the run
  std::string test;                       // the only one, or one of its parts; empty: all
  std::optional<std::uint64_t> schedule;  // the only one; 0 is the thread pool
  std::string sanitizer;                  // the option that asks for it, "--asan"; empty: none
  bool mine = false;  // a rung stands on the student's own files of earlier rungs, not on the references
  bool keep = false;  // leave the executable in the build folder, with what a debugger needs
};

/// One exercise while a command works on it.
struct Session {
  Session(const Exercise& exercise, OutputOptions the_output, Interrupt& the_interrupt);

  Spec spec;
  Manifest manifest;
  OutputOptions output;
  Interrupt& interrupt;
  Schedules play;              // what is played of each test
  bool is_partial = false;     // whether only one test is played, so there is no score
  std::string sanitizer;       // the option that asks for it; empty: none
  std::filesystem::path kept;  // where the executable is left; empty: nowhere
  Workspace workspace;

  /// Chooses what is played.
  ///
  /// Throws: Error if there is no such test.
  void select(const Selection& selection);

  /// Returns: the spec with its texts in a language.
  Spec spec_in(Language language) const;

  /// Returns: the test of this name, or the one with a part of this name.
  /// Throws: Error if there is none.
  const TestSpec& test_or_part(const std::string& name) const;

  /// Returns: the implementation of the roster that a rung's solution may be named by instead of a file, since its words
  ///   are shown to students; null if there is none, or a file of this name.
  const RosterEntry* find_in_roster(const std::filesystem::path& name) const;

  /// Returns: the folder that keeps how tests have ended.
  std::filesystem::path kept_runs() const;

  const std::filesystem::path& spec_file() const noexcept { return spec_file_; }
  /// Returns: the manifest of this exercise in the build that an option asks for, "--asan"; there may be none.
  std::filesystem::path manifest_under(const std::string& option) const;

  /// Returns: the path of the file that a student fills in, relative to the current folder.
  std::filesystem::path file_to_fill_in() const;

 private:
  std::filesystem::path spec_file_;
  std::filesystem::path build_folder_;  // of the exercise
};

}  // namespace corokit::moulinette
