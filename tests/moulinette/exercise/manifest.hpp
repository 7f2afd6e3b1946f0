#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// What an implementation is to its exercise.
enum class Role { stub, reference, alternative, refused, mutant, slow };
std::string_view word(Role role) noexcept;
/// Whether the specified tests must kill it.
bool is_wrong(Role role) noexcept;
/// Whether it is a right one, and quick enough.
bool is_right(Role role) noexcept;

/// An implementation of the roster, as the build made it.
struct RosterEntry {
  Role role = Role::reference;
  std::string name;
  std::filesystem::path file;        // relative to the root of the repository
  std::filesystem::path object;      // checked by the norm; none in a rung
  std::filesystem::path executable;  // linked with the specified tests; in a rung, what the explorer loads
};

/// What the build recorded of an exercise.
struct Manifest {
  std::filesystem::path root;                 // of the repository
  std::filesystem::path folder;               // of the exercise
  std::filesystem::path wrong;                // of its mutants and refused solutions
  std::vector<std::string> compile;           // compiler and flags, without the file
  std::vector<std::filesystem::path> system;  // the compiler's own include folders
  std::vector<std::string> link;   // the linker's command; "{solution}" stands for the object to complete
  bool sanitized = false;          // an address-space limit would break it
  std::filesystem::path explorer;  // of a rung: the program that plays its tests
  std::vector<std::filesystem::path> tests;  // of a rung: the sources, each of which includes the solution
  std::vector<RosterEntry> roster;
};

/// Where the files of an exercise are.
struct Exercise {
  std::string name;
  std::filesystem::path spec;
  std::filesystem::path manifest;
};

/// Reads the list of exercises that the build registered.
///
/// Throws: Error if the file cannot be read, is no such list, or lists none; so does load_manifest().
std::vector<Exercise> load_kit(const std::filesystem::path& kit);
Manifest load_manifest(const std::filesystem::path& file);

}  // namespace corokit::moulinette
