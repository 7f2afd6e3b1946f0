#pragma once
#include "interrupt.hpp"
#include "manifest.hpp"
#include "spec.hpp"
#include "workspace.hpp"

namespace corokit::moulinette {

/// How the program speaks.
struct Voice {
  bool colour = false;
  bool json = false;
  bool progress = false;  // a line that says how far the work is
};

/// One exercise being worked on.
struct Session {
  Session(const Exercise& exercise, Voice the_voice, Interrupt& the_interrupt);

  Spec spec;
  Manifest manifest;
  Voice voice;
  Interrupt& interrupt;
  Workspace workspace;

  /// The file that a student fills in, as seen from the current folder.
  std::filesystem::path file_to_fill_in() const;
};

}  // namespace corokit::moulinette
