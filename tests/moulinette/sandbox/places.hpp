#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Returns: the folders in which programs that the compiler makes find their libraries.
const std::vector<std::filesystem::path>& library_places();

/// Returns: what a compiler needs of the system: programs, libraries, headers. `compiler` is its path.
std::vector<std::filesystem::path> compiler_places(const std::filesystem::path& compiler);

/// Returns: where a program of this name is, by the folders of PATH; empty if it is nowhere.
std::filesystem::path find_program(const std::string& name);

/// Returns: the folder of the kit's sources.
std::filesystem::path kit_sources();
/// Returns: the program that is the first process of a box.
std::filesystem::path box_init();

}  // namespace corokit::moulinette
