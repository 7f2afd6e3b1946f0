#include "verdict/kept_runs.hpp"

#include "error.hpp"
#include "running/hash.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

std::uint64_t hash_of_part(const std::string& name, const Bounds& bounds, std::uint64_t before) {
  return hash_of(fmt::format("{} {} {} {} {}\n", name, bounds.preemptions, bounds.stale_loads,
                             bounds.spurious_wakes, bounds.schedules),
                 before);
}

std::uint64_t fingerprint(const Session& session) {
  std::uint64_t hash = hash_of(read_file("/proc/self/exe"));
  if (!session.manifest.explorer.empty()) hash = hash_of(read_file(session.manifest.explorer), hash);
  for (const TestSpec& test : session.spec.tests) {
    hash = hash_of_part(test.name, test.bounds, hash);
    for (const PartSpec& part : test.parts) hash = hash_of_part(part.name, part.bounds, hash);
  }
  if (session.spec.is_rung) return hash;  // no seed decides what is explored
  for (const std::uint64_t seed : session.play.order()) hash = hash_of(fmt::format("{} ", seed), hash);
  const LimitsSpec& limits = session.spec.limits;
  return hash_of(fmt::format("{} {} {} {} {}", session.play.seed, limits.wall.count(), limits.cpu.count(),
                             limits.schedule.count(), limits.memory_bytes),
                 hash);
}

Json to_json(const std::optional<TestRun>& run) {
  if (!run) return nullptr;
  Json broken = Json::array();
  for (const BrokenPart& part : run->broken) broken.push_back({part.part, part.finding, part.message});
  return {{"outcome", run->outcome},     {"message", run->message},     {"part", run->part},
          {"schedules", run->schedules}, {"finding", run->finding},     {"where", run->where},
          {"coverage", run->coverage},   {"exhausted", run->exhausted}, {"broken", std::move(broken)}};
}

std::optional<TestRun> from_json(const Json& json) {
  if (json.is_null()) return {};
  TestRun run;
  run.outcome = json.at("outcome");
  run.message = json.at("message");
  run.part = json.at("part");
  run.schedules = json.at("schedules");
  run.finding = json.at("finding");
  run.where = json.at("where");
  run.coverage = json.at("coverage");
  run.exhausted = json.at("exhausted");
  for (const Json& part : json.at("broken")) run.broken.push_back({part.at(0), part.at(1), part.at(2)});
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
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  try {
    write_file(file(executable), text);
  } catch (const Error&) {  // the build belongs to somebody else, or the disk is full: all is played again
  }
}

}  // namespace corokit::moulinette
