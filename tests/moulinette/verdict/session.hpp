#pragma once
#include "exercise/manifest.hpp"
#include "exercise/spec.hpp"
#include "output/output_options.hpp"
#include "process/interrupt.hpp"
#include "running/workspace.hpp"

namespace corokit::moulinette {

/// One exercise while a command works on it.
struct Session {
  Session(const Exercise& exercise, OutputOptions the_output, Interrupt& the_interrupt);

  Spec spec;
  Manifest manifest;
  OutputOptions output;
  Interrupt& interrupt;
  Workspace workspace;

  /// Returns: the path of the file that a student fills in, relative to the current folder.
  std::filesystem::path file_to_fill_in() const;
};

}  // namespace corokit::moulinette
