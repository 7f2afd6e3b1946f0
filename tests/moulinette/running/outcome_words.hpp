#pragma once
#include "output/language.hpp"

#include <string>

namespace corokit::moulinette {

/// Returns: how a test, a solution or a hand-in ended, for people. `word` is one of reports, such as "exited_early"; one that
///   is not known is returned as it is.
std::string outcome_in(Language language, const std::string& word);

}  // namespace corokit::moulinette
