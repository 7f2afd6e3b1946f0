#pragma once
#include "pack/bundle.hpp"

#include <nlohmann/json_fwd.hpp>

namespace corokit::moulinette {

/// Returns: manifest.json of a bundle, as pack/manifest.schema.json describes it: what is in it, with checksums by role,
///   what its tests must say of which implementations, and the commands that use it.
///
/// Throws: Error if a wrong implementation does not say what kills it.
nlohmann::ordered_json bundle_manifest(const PackedExercise& exercise, Platform platform,
                                       const std::vector<PackedFile>& files);

}  // namespace corokit::moulinette
