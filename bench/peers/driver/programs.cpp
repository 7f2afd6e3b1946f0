#include "programs.hpp"

#include "process.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

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

std::vector<Job> find_jobs(const Program& ours, const std::vector<std::string>& named,
                           const std::string& only) {
  const std::regex wanted(only.empty() && named.empty() ? "." : only);
  std::set<std::string> unknown(named.begin(), named.end());
  std::vector<Job> jobs;
  for (const std::string& workload : ours.workloads)
    for (const char* mode : {"mt", "ct"}) {
      const Job job{workload, mode};
      // This workload blocks the calling thread, so another thread has to run the tasks.
      if (workload == "spawn_many_local" && job.mode == "ct") continue;
      const auto is_name = [&job](const std::string& name) {
        return name == job.workload || name == job.name();
      };
      const bool is_named = std::any_of(named.begin(), named.end(), is_name);
      std::erase_if(unknown, is_name);
      if (is_named || ((!only.empty() || named.empty()) && std::regex_search(job.name(), wanted)))
        jobs.push_back(job);
    }
  if (!unknown.empty())
    throw std::invalid_argument(fmt::format("there is no workload {}. There are: {}", *unknown.begin(),
                                            fmt::join(ours.workloads, ", ")));
  return jobs;
}

}  // namespace corokit::peers
