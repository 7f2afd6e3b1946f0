#pragma once
#include "class/class_result.hpp"

#include <filesystem>
#include <optional>

namespace corokit::moulinette {

/// Returns: when the commit was made that changed a file last, on the branch that is checked out; none if nothing says it,
///   also where git is missing. Whoever commits may choose that time: when something was pushed no repository says.
///
/// The repository may be hostile. Its configuration can start programs, so git never reads it: an empty repository in
/// `work` borrows its objects.
std::optional<Moment> git_time(const std::filesystem::path& repository, const std::filesystem::path& file,
                               const std::filesystem::path& work);

}  // namespace corokit::moulinette
