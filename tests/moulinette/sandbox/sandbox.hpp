#pragma once
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// How well a program that may be hostile is kept apart from the rest of the machine. Each level has what those before it
/// have.
enum class SandboxLevel {
  none,      // limits of processor time, memory and output alone
  filtered,  // system calls that the program does not need are refused
  isolated,  // it sees no process, no network and no file but what it needs (namespaces, made by bubblewrap)
  full,      // it runs as a user who owns nothing, another one for each box
};

/// Returns: the word for a level in reports, such as "isolated".
std::string_view word(SandboxLevel level) noexcept;
/// Returns: the level that a word stands for; full if it stands for none.
SandboxLevel sandbox_level(std::string_view word) noexcept;
/// Returns: one sentence on what a hostile file could do at this level.
std::string_view what_remains(SandboxLevel level) noexcept;

/// What this machine offers.
struct Sandbox {
  SandboxLevel level = SandboxLevel::none;
  std::string
      missing;  // a sentence: what the next level lacks, and what to do about it; empty at the highest
};

/// Tries once what this machine offers, which takes some ten milliseconds.
///
/// Thread-safety: any thread.
const Sandbox& sandbox();

/// Throws: Error, a misuse, if the machine offers less than `least`. The error says what to do.
void require_sandbox(SandboxLevel least);

}  // namespace corokit::moulinette
