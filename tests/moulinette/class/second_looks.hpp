#pragma once
#include "class/result_cache.hpp"
#include "verdict/session.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

/// Whether a sanitizer can take the points of a hand-in of this exercise. Where it would warn only, a class is not looked at
/// again: that takes several times as long as all tests.
bool has_second_look(const Spec& spec);

/// Plays the tests of a hand-in that has all points once more, under the sanitizers that its spec.json asks for, unless it
/// is known what they find. `content` is the digest of `source`. Does nothing if the interrupt comes first.
void look_again(nlohmann::ordered_json& graded, Session& session, const std::filesystem::path& source,
                const std::string& content, const ResultCache& cache);

}  // namespace corokit::moulinette
