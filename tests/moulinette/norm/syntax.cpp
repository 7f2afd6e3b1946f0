#include "norm/syntax.hpp"

#include "building/included.hpp"
#include "process/process.hpp"
#include "running/hash.hpp"
#include "sandbox/box.hpp"
#include "sandbox/places.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Text = std::string_view;

constexpr std::chrono::seconds kTime{20};  // of a processor
constexpr int kPatience = 10;              // on a busy machine it may take this many times as long
constexpr std::size_t kMemory = std::size_t{4} << 30U;
constexpr std::size_t kOutput = std::size_t{4} << 20U;

/// Returns: those flags of the compiler that decide what a source means.
std::vector<std::string> flags_of(const Manifest& manifest) {
  // What is compiled in advance fits only the same -O.
  constexpr std::array<Text, 6> kKept{"-std", "-D", "-U", "-I", "-m", "-O"};
  std::vector<std::string> flags;
  for (std::size_t i = 1; i < manifest.compile.size(); ++i) {
    const std::string& flag = manifest.compile[i];
    if (flag == "-include" && i + 1 < manifest.compile.size())
      flags.insert(flags.end(), {"--given", manifest.compile[i + 1]});
    if (std::ranges::any_of(kKept, [&flag](Text kept) { return flag.starts_with(kept); }))
      flags.push_back(flag);
  }
  flags.emplace_back("-nostdinc");
  for (const std::filesystem::path& folder : manifest.system)
    flags.insert(flags.end(), {"-isystem", folder.string()});
  return flags;
}

NormRead unread(std::string note) {
  return {.findings = {}, .level = NormLevel::tokens, .note = std::move(note)};
}

/// Returns: a box with what a compiler reads of this source, and what was made of that in advance.
Box box_of(const fs::path& source, const Manifest& manifest, const fs::path& first, const fs::path& folder) {
  Box box{.needs = Needs::compiler, .readable = compiler_places(manifest.compile.front()), .folder = folder};
  box.readable.emplace_back(COROKIT_NORM_SYNTAX);
  for (const fs::path& file : files_to_compile(manifest, {source}, first)) box.readable.push_back(file);
  const auto given = std::ranges::find(manifest.compile, "-include");
  std::error_code failed;
  if (given != manifest.compile.end() && fs::exists(given[1] + ".syntax", failed))
    box.readable.emplace_back(given[1] + ".syntax");
  return box;
}

/// Returns: the rule that a name breaks; null if it breaks none.
const NameRules::Rule* broken_rule(const std::string& what, const std::string& name, const NormRules& rules) {
  const NameRules::Rule* rule = rules.names.find({name});
  if (!rule && what == "c_name") rule = rules.symbols.find({name});
  return rule && !rule->why.empty() ? rule : nullptr;
}

void judge_found(const Json& found, const NormRules& rules, std::vector<NormFinding>& findings) {
  const std::string what = found.at("what");
  NormFinding finding{
      .symbol = found.at("name"), .why = {}, .line = found.at("line"), .column = found.at("column")};
  if (what == "name" || what == "c_name") {
    if (finding.symbol.starts_with("__builtin_"))
      return;  // a word that the tokens show, or one of a header's macros
    const NameRules::Rule* rule = broken_rule(what, finding.symbol, rules);
    const bool is_unknown =
        what == "c_name" && !rules.names.find({finding.symbol}) && !rules.symbols.find({finding.symbol});
    if (!rule && !is_unknown) return;
    finding.why = rule ? rule->why : rules.symbols.otherwise;
    finding.rule = rule ? rule->rule : rules.symbols.otherwise_rule;
    finding.replacement = rule ? rule->replacement : "";
  } else {
    const NormRule* rule = rules.find(what);
    if (!rule) return;
    finding.why = rule->why;
    finding.rule = rule->name;
    finding.replacement = rule->replacement;
  }
  add_findings(findings, {std::move(finding)});
}

}  // namespace

std::string syntax_reader() {
  const Finished version = run_process({.argv = {COROKIT_NORM_SYNTAX, "--version"}}, {});
  return fmt::format("{:x} {}", hash_of(read_file(COROKIT_NORM_SYNTAX)), version.output);
}

NormRead judge_syntax(const Json& printed, const NormRules& rules) {
  if (printed.contains("missing"))
    return unread("Its syntax was not read: libclang 19 is not installed (apt-get install libclang1-19).");
  NormRead read{.findings = {}, .level = NormLevel::syntax};
  read.is_fast = printed.value("is_fast", false);
  for (const Json& found : printed.at("found")) judge_found(found, rules, read.findings);
  std::ranges::stable_sort(read.findings, {}, &NormFinding::line);
  const Json& skipped = printed.at("skipped");
  if (!skipped.empty())
    read.note = fmt::format("What #if leaves out was read as tokens only: from line {}.",
                            fmt::join(skipped.get<std::vector<std::size_t>>(), ", "));
  const Json& errors = printed.at("errors");
  if (errors.empty()) return read;
  read.level = NormLevel::tokens;  // what stands there may be missing from what was read
  read.note = fmt::format(
      "Its syntax was read in part: in line {}, libclang finds an error that the compiler does not: {}.",
      errors[0].at("line").get<std::size_t>(), errors[0].at("message").get<std::string>());
  return read;
}

NormRead check_syntax(const std::filesystem::path& source, const Manifest& manifest, const NormRules& rules,
                      const LimitsSpec& limits, const std::vector<std::filesystem::path>& folders,
                      const Interrupt& interrupt, const std::filesystem::path& box) {
  Command command{.argv = {COROKIT_NORM_SYNTAX, source.string()}};
  for (const std::filesystem::path& folder : folders) command.argv.push_back("-I" + folder.string());
  for (std::string& flag : flags_of(manifest)) command.argv.push_back(std::move(flag));
  const std::chrono::seconds time = std::min(kTime, limits.compile);
  const ProcessLimits allowed{.wall = kPatience * time, .cpu = time, .memory = kMemory, .output = kOutput};
  const Finished finished =
      box.empty()
          ? run_process(command, allowed, interrupt)
          : run_in_box(command, box_of(source, manifest, folders.empty() ? box : folders.front(), box),
                       allowed, interrupt);
  switch (finished.how) {
    case Finished::How::exited:
      break;
    case Finished::How::out_of_time:
      return unread(
          fmt::format("Its syntax was not read: libclang did not finish within {} s.", time.count()));
    case Finished::How::signalled:
      return unread(
          fmt::format("Its syntax was not read: libclang was killed by {}.", signal_name(finished.code)));
    case Finished::How::interrupted:
      return unread("Its syntax was not read: interrupted.");
    case Finished::How::not_started:
      return unread(fmt::format("Its syntax was not read: {}.", finished.output));
  }
  const Json printed = Json::parse(finished.output, nullptr, false);
  if (finished.code != 0 || finished.shortened || !printed.is_object())
    return unread(fmt::format("Its syntax was not read: norm_syntax ended with status {}.", finished.code));
  return judge_syntax(printed, rules);
}

}  // namespace corokit::moulinette
