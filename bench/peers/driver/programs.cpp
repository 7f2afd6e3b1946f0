#include "programs.hpp"

#include "process.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

namespace corokit::peers {
namespace {

using namespace std::chrono_literals;

constexpr const char* kJemalloc = "libjemalloc.so.2";

Program ask(std::string name, std::string path) {
  Program program;
  program.name = std::move(name);
  program.path = std::move(path);
  std::istringstream list(output_of({program.path, "--list"}, {}, 10s));
  for (std::string workload; std::getline(list, workload);) program.workloads.push_back(workload);
  return program;
}

}  // namespace

bool Program::has(const std::string& workload) const {
  return std::find(workloads.begin(), workloads.end(), workload) != workloads.end();
}

std::vector<Program> find_programs() {
  std::vector<Program> all;
  all.push_back(ask("ours", PEERS_OURS));
  Program tokio = ask("tokio", PEERS_TOKIO);
  tokio.is_tokio = true;
  all.push_back(tokio);
  if (can_preload(kJemalloc)) {
    tokio.name = "tokio+je";
    tokio.environment.push_back(std::string("LD_PRELOAD=") + kJemalloc);
    all.push_back(tokio);
  }
  if (std::filesystem::exists(PEERS_ASIO)) all.push_back(ask("Asio", PEERS_ASIO));
  if (std::filesystem::exists(PEERS_TBB)) all.push_back(ask("TBB", PEERS_TBB));
  return all;
}

std::vector<Job> find_jobs(const Program& ours, const std::string& only) {
  const std::regex wanted(only);
  std::vector<Job> jobs;
  for (const std::string& workload : ours.workloads)
    for (const char* mode : {"mt", "ct"}) {
      const Job job{workload, mode};
      // This workload blocks the calling thread, so another thread has to run the tasks.
      const bool impossible = workload == "spawn_many_local" && job.mode == "ct";
      if (!impossible && std::regex_search(job.name(), wanted)) jobs.push_back(job);
    }
  return jobs;
}

}  // namespace corokit::peers
