#pragma once
#include "building/symbols.hpp"
#include "exercise/manifest.hpp"
#include "exercise/spec.hpp"
#include "process/process.hpp"

#include <string>

namespace corokit::moulinette {

struct Compiled {
  bool done = false;
  bool interrupted = false;
  std::string message;  // the compiler's own words, or the linker's
  std::filesystem::path object;
  std::filesystem::path executable;
  std::vector<Symbol> symbols;  // of the object
};

/// Compiles one solution with the flags of the build and links it with what is already built, into `folder`.
/// The compiler names the file as `source` does.
Compiled compile(const std::filesystem::path& source, const Manifest& manifest, const LimitsSpec& limits,
                 bool colour, const std::filesystem::path& folder, const Interrupt& interrupt);

}  // namespace corokit::moulinette
