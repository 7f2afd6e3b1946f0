#include "norm/norm.hpp"

#include <cxxabi.h>
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

std::vector<Called> called_symbols(const std::vector<Symbol>& symbols) {
  std::vector<Called> called;
  for (const Symbol& symbol : symbols) {
    if (symbol.is_defined) continue;
    std::string name = symbol.name.substr(0, symbol.name.find('@'));  // the name without its version
    std::string readable = demangled(name);
    called.push_back({std::move(name), std::move(readable)});
  }
  return called;
}

}  // namespace

std::vector<NormFinding> find_forbidden(const std::vector<Symbol>& symbols,
                                        const std::vector<ForbiddenSymbol>& forbidden) {
  const std::vector<Called> called = called_symbols(symbols);
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

}  // namespace corokit::moulinette
