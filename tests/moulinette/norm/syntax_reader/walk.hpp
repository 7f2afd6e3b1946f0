#pragma once
#include "norm/syntax_reader/libclang.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette::libclang {

/// What stands at a place of the source.
struct Found {
  std::string what;  // "name", "c_name", or the name of a rule of exercises/norm.json
  std::string name;
  unsigned line = 0;
  unsigned column = 0;
};

/// Names what the main file of a translation unit refers to outside of itself ("name", with its namespaces and classes;
/// "c_name" for a function or an object of C, by its symbol), and its constructs that rules are about: new and delete,
/// casts, inline assembly, attributes. What a macro is expanded to counts where the macro is used; templates count
/// whether they are instantiated or not.
std::vector<Found> walk(const Api& clang, Unit unit, File main);

}  // namespace corokit::moulinette::libclang
