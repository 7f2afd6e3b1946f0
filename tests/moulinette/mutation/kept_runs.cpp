#include "mutation/kept_runs.hpp"

#include "mutation/hash.hpp"
#include "mutation/whole_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

std::uint64_t fingerprint(const Session& session) {
  std::uint64_t hash = hash_of(read_file("/proc/self/exe"));
  for (const TestSpec& test : session.spec.tests) {
    hash = hash_of(test.name + '\n', hash);
    for (const PartSpec& part : test.parts) hash = hash_of(part.name + '\n', hash);
  }
  for (const std::uint64_t seed : session.play.order()) hash = hash_of(fmt::format("{} ", seed), hash);
  const LimitsSpec& limits = session.spec.limits;
  return hash_of(fmt::format("{} {} {} {} {}", session.play.seed, limits.wall.count(), limits.cpu.count(),
                             limits.schedule.count(), limits.memory_bytes),
                 hash);
}

Json to_json(const std::optional<TestRun>& run) {
  if (!run) return nullptr;
  return {{"outcome", run->outcome}, {"message", run->message}, {"part", run->part}};
}

std::optional<TestRun> from_json(const Json& json) {
  if (json.is_null()) return {};
  TestRun run;
  run.outcome = json.at("outcome");
  run.message = json.at("message");
  run.part = json.at("part");
  return run;
}

}  // namespace

KeptRuns::KeptRuns(const Session& session, fs::path folder, bool again)
    : folder_(std::move(folder)),
      again_(again),
      tests_(session.spec.tests.size()),
      fingerprint_(fingerprint(session)) {}

fs::path KeptRuns::file(std::uint64_t executable) const {
  return folder_ / fmt::format("{:016x}.runs", hash_of(std::to_string(executable), fingerprint_));
}

std::optional<Runs> KeptRuns::find(std::uint64_t executable) const {
  if (again_ || !fs::exists(file(executable))) return {};
  try {
    Runs runs;
    for (const Json& run : Json::parse(read_file(file(executable)))) runs.push_back(from_json(run));
    if (runs.size() == tests_) return runs;
  } catch (const Json::exception&) {  // the file is damaged
  }
  return {};
}

void KeptRuns::keep(std::uint64_t executable, const Runs& runs) const {
  Json json = Json::array();
  for (const auto& run : runs) {
    if (run && run->outcome == Outcome::interrupted) return;
    json.push_back(to_json(run));
  }
  write_file(file(executable), json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace corokit::moulinette
