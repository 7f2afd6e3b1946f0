#include "norm.hpp"

#include "error.hpp"

#include <cxxabi.h>
#include <fmt/format.h>
#include <fnmatch.h>
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

// A line is "                 U pthread_create".
std::vector<Symbol> symbols_of(std::string_view listing) {
  std::vector<Symbol> symbols;
  std::istringstream lines{std::string(listing)};
  std::string type;
  for (std::string name; lines >> type >> name;) symbols.push_back({name, demangled(name)});
  return symbols;
}

}  // namespace

std::vector<NormFinding> find_forbidden(std::string_view listing,
                                        const std::vector<ForbiddenSymbol>& forbidden) {
  const std::vector<Symbol> symbols = symbols_of(listing);
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
  const Command command{.argv = {manifest.symbols, "--undefined-only", object.string()}};
  const Finished listed = run_process(command, {.output = 4U << 20U}, interrupt);
  if (listed.how == Finished::How::interrupted) return {};
  if (!listed.succeeded()) {
    throw broken(fmt::format("Cannot list the symbols of {}: {}", object.string(), listed.output));
  }
  return find_forbidden(listed.output, spec.forbidden);
}

}  // namespace corokit::moulinette
