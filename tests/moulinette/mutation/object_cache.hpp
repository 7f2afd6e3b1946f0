#pragma once
#include "exercise/manifest.hpp"
#include "process/interrupt.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// A right program of which mutants are made: its source, and the headers beside it that it includes.
struct RightProgram {
  std::filesystem::path source;              // absolute
  std::vector<std::filesystem::path> files;  // those that are mutated: the source, then the headers
  std::uint64_t fingerprint = 0;  // of all that it is compiled with, and of each file that it includes
};

/// What the compiler, or the linker, made.
struct Made {
  enum class How { done, refused, interrupted };
  How how = How::interrupted;
  std::string message;         // for refused, what the compiler printed
  std::filesystem::path file;  // for done
  std::uint64_t hash = 0;      // of the file's content
};

/// Compiles and links changed programs, each once: what is made, and what the compiler refuses, is kept in a folder of
/// the build tree by the content of all that it is made from. A file is compiled in a folder that holds nothing but the
/// program's files, and by its name alone, so equal programs become equal objects.
///
/// Thread-safety: compile() and link() may be called from any thread.
class ObjectCache {
 public:
  /// `folder` is where everything is kept.
  ObjectCache(const Manifest& manifest, std::filesystem::path folder, std::chrono::seconds limit,
              const Interrupt& interrupt);

  /// Finds out which files a program is made from.
  RightProgram inspect(const std::filesystem::path& source) const;

  /// Compiles the program with one of its files changed to `text`, in the empty folder `work`.
  Made compile(const RightProgram& program, const std::filesystem::path& changed, const std::string& text,
               const std::filesystem::path& work) const;
  /// Links what compile() made with the specified tests.
  Made link(const Made& object, const std::filesystem::path& work) const;

  /// Removes what is in the folder and is not named by `used`.
  void keep_only(const std::set<std::filesystem::path>& used) const;

 private:
  /// What is kept under a name; interrupted if there is nothing.
  Made kept(const std::string& key) const;
  Made make(std::vector<std::string> command, const std::filesystem::path& work,
            const std::string& key) const;

  const Manifest& manifest_;
  std::filesystem::path folder_;
  std::chrono::seconds limit_;
  const Interrupt& interrupt_;
  std::vector<std::string> compile_;    // the compiler and its flags
  std::uint64_t link_fingerprint_ = 0;  // of the linker's command and of all that it reads
};

}  // namespace corokit::moulinette
