#include "sandbox/sandbox.hpp"

#include "error.hpp"
#include "sandbox/box.hpp"
#include "sandbox/places.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fstream>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// Returns: why a box of this level does not work here; empty if it works.
std::string fault(SandboxLevel level) {
  const Box box{.needs = Needs::test, .readable = {}, .folder = "/tmp", .writable = 1U << 20U};
  const ProcessLimits limits{.wall = std::chrono::seconds(10), .cpu = std::chrono::seconds(5)};
  try {
    const std::string program = level >= SandboxLevel::isolated ? "/box_init" : box_init().string();
    const Finished tried = run_in_box({.argv = {program}}, box, limits, level);
    return tried.succeeded() ? "" : fmt::format("{} (how it ended: {})", tried.output, tried.code);
  } catch (const Error& error) {
    return error.what();
  }
}

bool is_for_all(const fs::path& file) {
  struct stat seen {};
  return stat(file.c_str(), &seen) == 0 && (seen.st_mode & S_IROTH) != 0;
}

/// AppArmor lets only programs with a profile make user namespaces, as in Ubuntu since 23.10.
bool is_restricted() {
  std::ifstream setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  int value = 0;
  return setting >> value && value != 0;
}

std::string why_not_isolated(const std::string& reason) {
  if (find_program("bwrap").empty()) return "bubblewrap is not there: apt-get install bubblewrap";
  if (is_restricted())
    return "this system lets only programs with an AppArmor profile make namespaces: as root, run "
           "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or give bwrap a profile";
  return fmt::format(
      "bubblewrap cannot make namespaces here, as in a container without rights (docker run --privileged has "
      "them): {}",
      reason);
}

/// Returns: why boxes have no users of their own here; empty if they can.
std::string why_not_full() {
  if (geteuid() != 0) return "only root can give each box a user of its own";
  if (!can_change_user()) return "this container has too few users for each box to have one of its own";
  for (const fs::path& file : {box_init(), kit_sources()})
    if (!is_for_all(file))
      return fmt::format("another user cannot read {}: chmod -R go+rX on the kit and its build folder",
                         file.string());
  return fault(SandboxLevel::full);
}

Sandbox probe() {
  const std::string same_user = why_not_full();
  if (same_user.empty()) return {SandboxLevel::full, ""};
  const std::string no_namespaces = fault(SandboxLevel::isolated);
  if (no_namespaces.empty()) return {SandboxLevel::isolated, same_user};
  const std::string no_filter = fault(SandboxLevel::filtered);
  if (no_filter.empty()) return {SandboxLevel::filtered, why_not_isolated(no_namespaces)};
  return {SandboxLevel::none, "system calls cannot be filtered here: " + no_filter};
}

}  // namespace

std::string_view word(SandboxLevel level) noexcept {
  switch (level) {
    case SandboxLevel::none:
      return "none";
    case SandboxLevel::filtered:
      return "filtered";
    case SandboxLevel::isolated:
      return "isolated";
    case SandboxLevel::full:
      return "full";
  }
  return "unknown";
}

SandboxLevel sandbox_level(std::string_view text) noexcept {
  for (const SandboxLevel level : {SandboxLevel::none, SandboxLevel::filtered, SandboxLevel::isolated})
    if (word(level) == text) return level;
  return SandboxLevel::full;
}

std::string_view what_remains(SandboxLevel level) noexcept {
  switch (level) {
    case SandboxLevel::none:
      return "A hostile file can do what you can: read and delete your files, use the network, leave "
             "processes behind.";
    case SandboxLevel::filtered:
      return "A hostile file can read what you can read, and in a rung also write it; it has no network.";
    case SandboxLevel::isolated:
      return "A hostile file sees nothing of yours, but it runs as you: a fault of the kernel would let it "
             "out.";
    case SandboxLevel::full:
      return "A hostile file sees nothing of yours, and it runs as a user who owns nothing.";
  }
  return "";
}

const Sandbox& sandbox() {
  static const Sandbox offered = probe();
  return offered;
}

void require_sandbox(SandboxLevel least) {
  const Sandbox& offered = sandbox();
  if (offered.level >= least) return;
  throw misuse(fmt::format("The sandbox is not \"{}\" here, only \"{}\": {}.\n{}", word(least),
                           word(offered.level), offered.missing, what_remains(offered.level)));
}

}  // namespace corokit::moulinette
