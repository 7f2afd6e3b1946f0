#pragma once
#include "command_line/class_command.hpp"
#include "command_line/commands.hpp"
#include "command_line/reports.hpp"
#include "report/report_schema.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// The options of all commands, as the user typed them.
struct Options {
  std::filesystem::path build;  // where the kit was built
  std::string kit;              // the list of exercises; empty: that of the build
  std::string colour = "auto";
  bool json = false;
  bool verbose = false;
  std::string language;
  std::string exercise;
  std::string mutant;  // of a duel
  std::string root;    // of the tree that has the exercises
  std::string out;     // of what pack makes
  std::string platform;
  std::string tag;  // of what list shows
  std::optional<std::string> file;
  std::vector<std::string> exercises;
  std::size_t times = 1;
  bool limits = false;
  Selection selection;
  CLI::Option* hint = nullptr;
  std::size_t hint_number = 0;
  bool asan = false;
  bool tsan = false;
  MutateOptions mutants;
  ReplayOptions replay;
  std::string sandbox;  // the level that is required; empty: none
  std::vector<std::string> reports;
  bool release = false;
  Conversion converted;
  ClassRequest of_class;

  /// Returns: what they say together.
  Request request() const;
};

// Each adds options to a command. Several commands may have the same ones.
void add_common(CLI::App& command, Options& options);
void add_language(CLI::App& command, Options& options);
void add_sanitizers(CLI::App& command, Options& options);
void add_sandbox(CLI::App& command, Options& options);
/// `what`: what it says of itself in the help.
void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed, const char* what);
void add_selection(CLI::App& grade, Options& options);
void add_reports(CLI::App& command, Options& options, ReportKind kind);
void add_release(CLI::App& command, Options& options);
void add_hint(CLI::App& grade, Options& options);
void add_validation(CLI::App& validate, Options& options);
void add_mutation(CLI::App& mutate, Options& options);
void add_conversion(CLI::App& convert, Options& options);
void add_replay(CLI::App& replay, ReplayOptions& options);
void add_pack(CLI::App& pack, Options& options);

}  // namespace corokit::moulinette
