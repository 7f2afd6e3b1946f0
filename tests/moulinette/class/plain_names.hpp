#pragma once
#include "exercise/spec.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace corokit::moulinette {

/// Leaves out the folder of the kit, `root`, which says where this machine has it, in all texts of a document, and calls a hand-in as the exercise's file in all texts of a document, instead of by the paths of its copies, which lie in a
/// folder of the name of `made`; also by those that an earlier program made, under another TMPDIR.
void name_plainly(nlohmann::ordered_json& json, const std::filesystem::path& made, const Spec& spec,
                  const std::filesystem::path& root);

}  // namespace corokit::moulinette
