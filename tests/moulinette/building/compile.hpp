#pragma once
#include "exercise/manifest.hpp"
#include "exercise/spec.hpp"
#include "process/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One solution on its way to a program; of a rung, to a shared object that the explorer loads.
struct Compiled {
  std::filesystem::path original;
  std::filesystem::path copy;  // its name means nothing special to any tool, as "@x.cpp" or "-x.cpp" would
  std::filesystem::path dependencies;
  std::filesystem::path object;
  std::filesystem::path executable;
  std::string message;  // what the compiler or the linker printed; it names the original
  bool done = false;    // there is an executable
  bool interrupted = false;
  std::vector<std::filesystem::path> sources;  // of the kit and the solution: what the compiler may read
  std::chrono::milliseconds
      processor{};  // processor time that the compiler, and then the linker, took at most
};

/// Copies a solution into `folder`, where all that is made of it will be.
Compiled copy_submission(const std::filesystem::path& source, const std::filesystem::path& folder);
/// The same for a rung, whose tests include the solution by the names of the exercise and of its file.
Compiled copy_submission(const std::filesystem::path& source, const std::filesystem::path& folder,
                         const Spec& spec);

/// Returns: the text of a tool or of the program, which names the original instead of the copy.
std::string naming_original(std::string text, const Compiled& compiled);

/// Compiles the copy with the flags of the build; `__FILE__` is the path of the original. Returns: whether it succeeded.
bool compile(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits, bool colour,
             const Interrupt& interrupt);
/// Links the object with the specified tests. Returns: whether it succeeded.
bool link(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits, const Interrupt& interrupt);

/// The same for a rung. `test` is a source that includes the copy; each has its object.
std::filesystem::path object_of(const Compiled& compiled, const std::filesystem::path& test);
bool compile_rung(Compiled& compiled, const std::filesystem::path& test, const Manifest& manifest,
                  const LimitsSpec& limits, bool colour, const Interrupt& interrupt);
bool link_rung(Compiled& compiled, const Manifest& manifest, const LimitsSpec& limits,
               const Interrupt& interrupt);

}  // namespace corokit::moulinette
