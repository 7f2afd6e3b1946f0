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
  std::string message;  // what the compiler or the linker printed
  std::filesystem::path object;
  std::filesystem::path executable;
  std::vector<Symbol> symbols;  // of the object
};

/// Copies one solution into `folder`, compiles it there with the flags of the build, and links it with the specified
/// tests. The compiler's messages, and `__FILE__`, name the file by the path `source`.
Compiled compile(const std::filesystem::path& source, const Manifest& manifest, const LimitsSpec& limits,
                 bool colour, const std::filesystem::path& folder, const Interrupt& interrupt);

}  // namespace corokit::moulinette
