#pragma once
#include "running/test_run.hpp"
#include "verdict/session.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace corokit::moulinette {

/// The runs of one implementation, in the order of the tests; none where a test was spared.
using Runs = std::vector<std::optional<TestRun>>;

/// Remembers how the tests of each executable ended, since the same executable ends alike under the same schedules. What
/// was interrupted is not kept, and what this grader did not play, in these schedules, is not found.
///
/// Thread-safety: all members may be called at once from any thread.
class KeptRuns {
 public:
  /// `folder` is where they are kept. With `again`, none is found.
  KeptRuns(const Session& session, std::filesystem::path folder, bool again);

  /// `executable` is the hash of its content. Returns: outcomes, messages and parts of its runs, if they are kept.
  std::optional<Runs> find(std::uint64_t executable) const;
  void keep(std::uint64_t executable, const Runs& runs) const;
  /// Returns: where the runs of an executable are kept.
  std::filesystem::path file(std::uint64_t executable) const;

 private:
  std::filesystem::path folder_;
  bool again_;
  std::size_t tests_;
  std::uint64_t fingerprint_;  // of the grader, and of what it plays
};

}  // namespace corokit::moulinette
