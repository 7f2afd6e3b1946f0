#include "norm.hpp"

#include "error.hpp"

#include <cxxabi.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>

namespace corokit::moulinette {
namespace {

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return name ? std::string(name.get()) : symbol;
}

struct Symbol {
  std::string raw;
  std::string readable;
};

// A line is "  1249: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND pthread_create": number, value, size, type,
// binding, visibility, section and name. A name may carry a version, which makes it no other function.
std::vector<Symbol> undefined_symbols(std::string_view listing) {
  std::vector<Symbol> symbols;
  std::istringstream lines{std::string(listing)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string skipped;
    std::string section;
    std::string name;
    for (int i = 0; i < 6; ++i) fields >> skipped;
    if (!(fields >> section >> name) || section != "UND") continue;
    name.resize(std::min(name.size(), name.find('@')));
    symbols.push_back({name, demangled(name)});
  }
  return symbols;
}

}  // namespace

std::vector<NormFinding> find_forbidden(std::string_view listing,
                                        const std::vector<ForbiddenSymbol>& forbidden) {
  const std::vector<Symbol> symbols = undefined_symbols(listing);
  std::vector<NormFinding> findings;
  for (const ForbiddenSymbol& entry : forbidden) {
    for (const Symbol& symbol : symbols) {
      if (fnmatch(entry.symbol.c_str(), symbol.raw.c_str(), 0) != 0 &&
          fnmatch(entry.symbol.c_str(), symbol.readable.c_str(), 0) != 0) {
        continue;
      }
      findings.push_back({symbol.readable, entry.why});
      break;
    }
  }
  return findings;
}

std::vector<NormFinding> check_norm(const std::filesystem::path& object, const Manifest& manifest,
                                    const Spec& spec, const Interrupt& interrupt) {
  // Not nm: it loads the plugins of every compiler that is installed, which takes ten times as long as the listing.
  const Command command{.argv = {manifest.readelf, "--symbols", "--wide", object.string()}};
  const Finished listed = run_process(command, {.output = 64U << 20U}, interrupt);
  if (listed.how == Finished::How::interrupted) return {};
  if (!listed.succeeded()) {
    throw broken(fmt::format("Cannot list the symbols of {}: {}", object.string(), listed.output));
  }
  if (listed.shortened) return {{"too many symbols", "a list of more than 64 MiB can hide anything"}};
  return find_forbidden(listed.output, spec.forbidden);
}

}  // namespace corokit::moulinette
