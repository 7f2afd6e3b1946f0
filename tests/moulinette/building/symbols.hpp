#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One symbol of an object file, mangled, that other object files see.
struct Symbol {
  std::string name;
  bool is_defined = false;
  bool is_weak = false;  // another definition replaces it, or is as good
  bool is_chosen_at_start =
      false;  // an IFUNC: a function runs before main() and chooses what the symbol stands for
};

/// Reads the symbols of an object file or an archive, without those that are local to an object; IFUNCs all the same.
///
/// Throws: Error if the file cannot be read or is no object file.
std::vector<Symbol> read_symbols(const std::filesystem::path& object);

/// Makes every symbol that an object file defines weak, in place: at the link, a definition of the same name elsewhere
/// replaces it.
///
/// Returns: the symbols, as read_symbols() does.
/// Throws: Error if the file cannot be read or written, or is no object file.
std::vector<Symbol> weaken_symbols(const std::filesystem::path& object);

}  // namespace corokit::moulinette
