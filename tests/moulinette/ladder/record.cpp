#include "ladder/record.hpp"

#include <algorithm>

namespace corokit::moulinette {
namespace fs = std::filesystem;

bool counts(const Graded& graded, const Session& session, const fs::path& source) {
  const bool has_run = graded.verdict == Verdict::passed || graded.verdict == Verdict::failed;
  if (!has_run || session.is_partial || session.find_in_roster(source)) return false;
  return std::ranges::none_of(session.manifest.roster, [&](const RosterEntry& entry) {
    std::error_code failed;
    return fs::equivalent(session.manifest.root / entry.file, source, failed) && !failed;
  });
}

void add(Standing& standing, const Graded& graded, const Spec& spec, std::int64_t now) {
  standing.best_score = std::max(standing.best_score, graded.score);
  standing.max_score = graded.max_score;
  standing.xp = std::max(standing.xp, spec.earned_xp(graded.score, standing.hints > 0));
  if (graded.passed() && !standing.passed_at) standing.passed_at = now;
}

}  // namespace corokit::moulinette
