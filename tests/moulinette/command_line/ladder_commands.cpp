#include "command_line/ladder_commands.hpp"

#include "command_line/command_parts.hpp"
#include "ladder/progress_file.hpp"
#include "ladder/record.hpp"
#include "report/ladder_report.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

Ladder ladder_now(const Request& request) {
  return load_ladder(load_kit(request.kit), ProgressFile().read());
}

}  // namespace

int next_command(const Request& request) {
  const Ladder ladder = ladder_now(request);
  if (request.output.json)
    print(to_json(ladder, request.output.language));
  else
    print(ladder_report(ladder, request.output));
  return 0;
}

void remember_verdict(const Request& request, const Session& session, const Graded& graded,
                      const std::filesystem::path& source, bool takes_hint) {
  if (!counts(graded, session, source)) return;
  const std::string problem = ProgressFile().change(graded.exercise, [&](Standing& standing) {
    add(standing, graded, session.spec, std::time(nullptr));
    standing.hints += takes_hint;
  });
  if (request.output.json || !graded.passed()) return;
  print(problem.empty() ? standing_line(ladder_now(request)) : problem + "\n");
}

}  // namespace corokit::moulinette
