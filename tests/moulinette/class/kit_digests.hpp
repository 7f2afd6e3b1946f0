#pragma once
#include "verdict/session.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Remembers the digests of files while the program runs. Those of the system are told apart by size and time; of a folder
/// the headers in it count, at any depth.
///
/// Thread-safety: of() may be called at once from any thread.
class FileDigests {
 public:
  /// Returns: the digest of the content; a fixed text if there is none.
  std::string of(const std::filesystem::path& file);

 private:
  std::mutex mutex_;
  std::map<std::filesystem::path, std::string> known_;  // guarded by mutex_
};

/// What the results of a hand-in depend on, apart from its file.
struct KitDigests {
  /// Of a compilation: the grader, the command, the norm. The headers are not in it: the compiler says which it read.
  std::string compilation;
  /// Of each test, in the order of the spec: the grader, the harness, the runtime, the seed and the limits; the test's
  /// entry in the spec; and of the objects of the tests those which hold a part of this test, or what these call. So
  /// another test may change, and this one is still known.
  std::vector<std::string> tests;
};

/// Requires: the session has chosen what is played; `spec` is its spec.json. `sandbox` names the level under which everything runs.
KitDigests kit_digests(const Session& session, const std::filesystem::path& spec, const std::string& sandbox,
                       FileDigests& digests);

/// Returns: the folders in which the compiler looks for the headers of the kit.
std::vector<std::filesystem::path> include_folders(const Manifest& manifest);

/// Returns: of the objects with the specified tests those on which a test depends: all, if that cannot be told.
std::vector<std::filesystem::path> objects_of(const TestSpec& test,
                                              const std::vector<std::filesystem::path>& objects);

}  // namespace corokit::moulinette
