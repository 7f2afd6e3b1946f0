#include "norm/definitions.hpp"

#include "building/symbols.hpp"

#include <dlfcn.h>

namespace corokit::moulinette {

Definitions::Definitions(const std::vector<std::string>& link_arguments) {
  for (const std::string& argument : link_arguments) {
    if (!argument.ends_with(".o") && !argument.ends_with(".a")) continue;
    for (Symbol& symbol : read_symbols(argument)) {
      if (symbol.is_defined) is_strong_[std::move(symbol.name)] |= !symbol.is_weak;
    }
  }
}

bool Definitions::has(const std::string& symbol) const {
  return is_strong_.contains(symbol) || is_in_library(symbol);
}

bool Definitions::has_strong(const std::string& symbol) const {
  const auto found = is_strong_.find(symbol);
  return found != is_strong_.end() && found->second;
}

// This program uses the same libraries as a solution does.
bool Definitions::is_in_library(const std::string& symbol) {
  return dlsym(RTLD_DEFAULT, symbol.c_str()) != nullptr;
}

}  // namespace corokit::moulinette
