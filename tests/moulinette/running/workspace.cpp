#include "running/workspace.hpp"

#include "error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPrefix = "moulinette.";

fs::path temporary_folder() {
  const char* asked = std::getenv("TMPDIR");
  std::error_code failed;
  fs::path folder = fs::absolute(asked && *asked ? asked : "/tmp", failed);
  if (failed) throw broken("The current folder does not exist any more: change to another one.");
  return folder;
}

/// Returns: the folder, open and locked; nothing if somebody else has locked it, or if it is gone.
io::Descriptor lock(const fs::path& folder) {
  io::Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat seen {};
  if (!opened || flock(opened.get(), LOCK_EX | LOCK_NB) != 0 || fstat(opened.get(), &seen) != 0) return {};
  return seen.st_uid == geteuid() && seen.st_nlink > 0 ? std::move(opened) : io::Descriptor();
}

/// Returns: the environment that the program of a process began with; each variable ends with a NUL. It is unreadable for
///   the moment in which execve() puts one program in the place of another: such a process is asked again for a while.
std::string environment_of(const fs::path& process) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  std::error_code failed;
  for (;;) {
    std::ifstream input(process / "environ", std::ios::binary);
    std::string environment{std::istreambuf_iterator<char>(input), {}};
    // A thread of the kernel, a zombie and a process of somebody else show no program.
    if (!environment.empty() || fs::read_symlink(process / "exe", failed).empty() ||
        std::chrono::steady_clock::now() > end)
      return environment;
    std::this_thread::yield();
  }
}

/// Kills what a killed program left running: a compiler does not die with the process that started it, nor does what
/// bubblewrap was making a box of.
void kill_processes_of(const fs::path& workspace) {
  const std::string variable = "TMPDIR=" + workspace.string();
  std::error_code failed;
  for (const auto& process : fs::directory_iterator("/proc", failed)) {
    const pid_t pid = std::atoi(process.path().filename().c_str());
    if (pid <= 0) continue;
    std::istringstream environment(environment_of(process.path()));
    for (std::string entry; std::getline(environment, entry, '\0');)
      if (entry == variable || entry.starts_with(variable + "/")) kill(pid, SIGKILL);
  }
}

/// Removes the folders that programs left behind when they were killed.
void sweep(const fs::path& folder) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    const io::Descriptor abandoned = lock(entry.path());
    if (!abandoned) continue;
    kill_processes_of(entry.path());
    fs::remove_all(entry.path(), failed);
  }
}

/// Throws: Error unless files can be written and run in the workspace.
void probe(const fs::path& workspace, const fs::path& folder) {
  const fs::path file = workspace / "probe";
  // A full disk accepts folders and refuses the contents of files.
  std::ofstream written(file);
  written << std::string(4096, ' ') << std::flush;
  if (!written) {
    throw broken(
        fmt::format("Cannot write in {}: is the disk full?\nFree some space, or point TMPDIR elsewhere.",
                    folder.string()));
  }
  chmod(file.c_str(), S_IRWXU);
  if (access(file.c_str(), X_OK) != 0) {
    throw broken(fmt::format(
        "Programs in {} cannot be run: it is mounted with the option noexec.\nPoint TMPDIR elsewhere.",
        folder.string()));
  }
  fs::remove(file);
}

}  // namespace

Workspace::Workspace() {
  const fs::path folder = temporary_folder();
  sweep(folder);
  // Another program may sweep the folder up before it is locked. Some file systems have no locks.
  for (int attempt = 0; attempt < 3 && !lock_; ++attempt) {
    std::string name = (folder / kPrefix).string() + "XXXXXX";
    if (!mkdtemp(name.data())) {
      throw broken(
          fmt::format("Cannot make a folder in {}: {}.\nPoint TMPDIR to a folder that you can write to.",
                      folder.string(), std::strerror(errno)));
    }
    path_ = name;
    lock_ = lock(path_);
  }
  try {
    probe(path_, folder);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    throw;
  }
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path Workspace::make_folder(const std::string& name) const {
  fs::path folder = path_ / name;
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw broken(fmt::format("Cannot make the folder {}: {}.", folder.string(), failed.message()));
  return folder;
}

}  // namespace corokit::moulinette
