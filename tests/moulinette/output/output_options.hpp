#pragma once
#include "output/language.hpp"

#include <cstddef>

namespace corokit::moulinette {

/// What the program prints, and how.
struct OutputOptions {
  bool colour = false;
  bool json = false;
  bool verbose = false;
  bool progress = false;    // one line that is updated as jobs end
  std::size_t width = 100;  // columns of the terminal
  Language language = Language::english;
};

}  // namespace corokit::moulinette
