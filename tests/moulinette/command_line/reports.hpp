#pragma once
#include "command_line/commands.hpp"
#include "platforms/platform_report.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What --report asks for: reports for platforms, each with its file.
class Reports {
 public:
  /// Reads "junit", which is written to the file that the platform expects, and "gradescope=FILE"; "-" is standard output.
  ///
  /// Throws: Error before anything runs: if there is no such report of this kind, if two are written to one file, or if
  ///   a file has no folder.
  Reports(const Request& request, ReportKind kind);

  bool any() const noexcept { return !wanted_.empty(); }
  /// Whether one is written to standard output, so that nothing else is.
  bool take_output() const noexcept;
  /// Returns: the names of the files that are written.
  std::vector<std::string> files() const;
  /// Returns: the exit status of a program that wrote them: `status`, or 0 if one is for a platform that finds the
  ///   verdict in it alone.
  int status(int status) const noexcept;

  /// Writes all. Throws: Error if one cannot be written.
  void write(nlohmann::ordered_json report) const;

 private:
  struct Wanted {
    const PlatformFormat* format;
    std::string file;
  };

  void in_french(nlohmann::ordered_json& report) const;

  std::vector<Wanted> wanted_;
  PlatformOptions options_;
  std::filesystem::path kit_;
};

/// What is converted.
struct Conversion {
  std::vector<std::string>
      files;        // what a command printed with --json, "-" for standard input; or class.json
  std::string out;  // the folder for a report of each; empty: there is one file
  bool language_is_asked = false;
};

/// Makes reports of what a command printed with --json. They are in the language of the student whose report it is, if it
/// says so and none was asked for. class.json stands for the graded files beside it.
int convert_command(Request request, const Conversion& conversion);

}  // namespace corokit::moulinette
