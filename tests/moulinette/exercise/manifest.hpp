#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// An implementation that the build made.
struct Built {
  std::string name;
  std::filesystem::path file;        // as the roster names it
  std::filesystem::path object;      // looked into by the norm
  std::filesystem::path executable;  // linked with the specified tests
};

/// What the build recorded of an exercise.
struct Manifest {
  std::filesystem::path root;        // of the repository
  std::filesystem::path folder;      // of the exercise
  std::filesystem::path wrong;       // of its mutants and refused solutions
  std::vector<std::string> compile;  // compiler and flags, without the file
  std::vector<std::string> link;     // the linker's command; "{solution}" stands for the object to complete
  std::string readelf;               // the program that lists an object's symbols
  bool sanitized = false;            // an address-space limit would break it
  std::vector<Built> implementations;
};

/// An exercise: what it asks for, and what the build has for it.
struct Exercise {
  std::string name;
  std::filesystem::path spec;
  std::filesystem::path manifest;
};

/// Reads the list of exercises that the build registered.
std::vector<Exercise> load_kit(const std::filesystem::path& kit);
Manifest load_manifest(const std::filesystem::path& file);

}  // namespace corokit::moulinette
