#pragma once
#include <simulation/recording.hpp>

#include <string>
#include <vector>

namespace corokit::explorer {

struct Sample {
  std::string name;  // of its golden files
  Recording recording;
};

/// Returns: recordings that between them have all that is drawn.
std::vector<Sample> samples();

}  // namespace corokit::explorer
