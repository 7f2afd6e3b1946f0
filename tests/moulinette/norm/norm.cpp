#include "norm/norm.hpp"

#include "building/symbols.hpp"
#include "error.hpp"

#include <cxxabi.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <algorithm>
#include <cstdlib>
#include <memory>

namespace corokit::moulinette {
namespace {

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return name ? std::string(name.get()) : symbol;
}

struct Called {
  std::string raw;
  std::string readable;
};

std::vector<Called> called_symbols(std::string_view listing) {
  std::vector<Called> called;
  for (Symbol& symbol : parse_symbols(listing)) {
    if (symbol.is_defined) continue;
    symbol.name.resize(
        std::min(symbol.name.size(), symbol.name.find('@')));  // a version makes it no other function
    called.push_back({symbol.name, demangled(symbol.name)});
  }
  return called;
}

}  // namespace

std::vector<NormFinding> find_forbidden(std::string_view listing,
                                        const std::vector<ForbiddenSymbol>& forbidden) {
  const std::vector<Called> called = called_symbols(listing);
  std::vector<NormFinding> findings;
  for (const ForbiddenSymbol& entry : forbidden) {
    for (const Called& symbol : called) {
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
  const Finished listed = list_symbols(object, manifest, interrupt);
  if (listed.how == Finished::How::interrupted) return {};
  if (!listed.succeeded()) {
    throw broken(fmt::format("Cannot list the symbols of {}: {}", object.string(), listed.output));
  }
  if (listed.shortened) return {{"too many symbols", "a list of more than 64 MiB can hide anything"}};
  return find_forbidden(listed.output, spec.forbidden);
}

}  // namespace corokit::moulinette
