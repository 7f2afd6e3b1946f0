#pragma once

namespace corokit::moulinette {

/// What the program prints, and how.
struct OutputOptions {
  bool colour = false;
  bool json = false;
  bool progress = false;  // one line that is updated as jobs end
};

}  // namespace corokit::moulinette
