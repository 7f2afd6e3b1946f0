#include "building/symbols.hpp"

#include <sstream>

namespace corokit::moulinette {

// A line is "  1249: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND pthread_create": number, value, size, type,
// binding, visibility, section and name.
std::vector<Symbol> parse_symbols(std::string_view listing) {
  std::vector<Symbol> symbols;
  std::istringstream lines{std::string(listing)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string number, value, size, type, binding, visibility, section, name;
    if (!(fields >> number >> value >> size >> type >> binding >> visibility >> section >> name)) continue;
    if (!number.ends_with(':')) continue;  // the head of the table
    symbols.push_back({std::move(name), section != "UND", binding == "LOCAL"});
  }
  return symbols;
}

Finished list_symbols(const std::filesystem::path& object, const Manifest& manifest,
                      const Interrupt& interrupt) {
  constexpr std::size_t kListing = 64U << 20U;
  return run_process({.argv = {manifest.readelf, "--symbols", "--wide", object.string()}},
                     {.output = kListing}, interrupt);
}

}  // namespace corokit::moulinette
