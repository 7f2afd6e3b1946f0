#pragma once
#include "process/process.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/system_calls.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What a program in a box sees. Paths are the same inside and outside.
struct Box {
  Needs needs = Needs::test;
  std::vector<std::filesystem::path> readable;  // files, and folders with all that is in them
  std::filesystem::path
      folder;  // the current one; where the level isolates, the only one that can be written
  std::size_t writable = 16U << 20U;  // bytes of all files in it
  std::size_t processes = 256;        // at once, threads included
  std::vector<std::string> outputs =
      {};  // files that it makes in the folder, and that are taken out if it succeeds
};

/// Runs a program that may be hostile, as run_process() does, at the level that this machine offers; a program without a
/// slash in its name is not looked for. What its processes leave in the folder is gone, but for the outputs.
///
/// Throws: Error if the machine fails, and not the program.
Finished run_in_box(const Command& command, const Box& box, const ProcessLimits& limits,
                    const Interrupt& interrupt);

/// Does the same at a level that may not be that of the machine.
Finished run_in_box(const Command& command, const Box& box, const ProcessLimits& limits, SandboxLevel level);
Finished run_in_box(const Command& command, const Box& box, const ProcessLimits& limits,
                    const Interrupt& interrupt, SandboxLevel level);

/// Whether this process can become the users that boxes have: it is root, and not only in a container that has few users.
bool can_change_user();

}  // namespace corokit::moulinette
