#pragma once
#include "norm/norm.hpp"
#include "output/language.hpp"

#include <string>

namespace corokit::moulinette {

/// Returns: a finding of the norm in one line: "my.cpp:12:3: std::mutex: blocks the thread: use corokit::Mutex [locks]".
///   Its texts are in that language already.
std::string norm_line(const NormFinding& finding, Language language);

}  // namespace corokit::moulinette
