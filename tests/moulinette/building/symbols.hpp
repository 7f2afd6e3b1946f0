#pragma once
#include "exercise/manifest.hpp"
#include "process/process.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// One symbol of an object file, mangled.
struct Symbol {
  std::string name;
  bool is_defined = false;
  bool is_local = false;  // nobody outside of the object sees it
};

/// What `readelf --symbols --wide` printed.
std::vector<Symbol> parse_symbols(std::string_view listing);

/// Lists the symbols of an object file. Not by nm: it loads the plugins of every compiler that is installed, which takes
/// ten times as long as the listing.
Finished list_symbols(const std::filesystem::path& object, const Manifest& manifest,
                      const Interrupt& interrupt);

}  // namespace corokit::moulinette
