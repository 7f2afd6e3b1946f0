#include "report/mutate_report.hpp"

#include "output/style.hpp"
#include "report/report_schema.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kFates{Fate::killed,  Fate::survived,  Fate::equivalent,
                            Fate::refused, Fate::duplicate, Fate::not_played};

std::string coloured(const std::string& diff, const Style& style) {
  std::string text;
  for (std::size_t at = 0; at < diff.size();) {
    const std::size_t end = diff.find('\n', at);
    const std::string_view line = std::string_view(diff).substr(at, end - at);
    const bool is_mark = line.starts_with("---") || line.starts_with("+++");
    text += "    " + (is_mark                 ? style.soft(line)
                      : line.starts_with("-") ? style.bad(line)
                      : line.starts_with("+") ? style.good(line)
                                              : std::string(line));
    text += '\n';
    at = end + 1;
  }
  return text;
}

std::string title(const MutantRow& row, const Style& style) {
  return fmt::format("{} {}: {}", style.strong(fmt::format("#{}", row.number)), row.name(),
                     row.mutant.sentence);
}

/// Returns: what killed a mutant: tests, each with the part that found it where that has another name.
std::vector<std::string> killers(const MutantRow& row, const Session& session) {
  std::vector<std::string> names;
  for (std::size_t test = 0; test < row.runs.size(); ++test) {
    if (!row.is_killed_by(test)) continue;
    const std::string& name = session.spec.tests[test].name;
    const std::string& part = row.runs[test]->part;
    names.push_back(part.empty() || part == name ? name : fmt::format("{} ({})", name, part));
  }
  return names;
}

std::string numbers(const Mutated& mutated, const Style& style) {
  const std::size_t viable =
      mutated.count(Fate::killed) + mutated.count(Fate::survived) + mutated.count(Fate::equivalent);
  const std::size_t survived = mutated.count(Fate::survived);
  const std::string survivors = fmt::format("{} survived", survived);
  return fmt::format(
      "{}: {} mutants, of which {}, {}, {} are equivalent.\n{} more do not compile, and {} equal others.\n",
      style.strong(mutated.exercise), viable,
      style.good(fmt::format("{} are killed", mutated.count(Fate::killed))),
      survived ? style.bad(survivors) : survivors, mutated.count(Fate::equivalent),
      mutated.count(Fate::refused), mutated.count(Fate::duplicate));
}

std::string uses(const Mutated& mutated, const Style& style) {
  if (mutated.tests.empty()) return "";
  const std::string useless = style.bad("  kills nothing that others do not");
  std::string text = fmt::format("\n  {:<34} {:>5}  {:>5}\n", "test", "kills", "alone");
  for (const TestUse& use : mutated.tests) {
    text +=
        fmt::format("  {:<34} {:>5}  {:>5}{}\n", use.test, use.kills, use.alone, use.alone ? "" : useless);
    if (use.parts.size() == 1) continue;
    for (const PartUse& part : use.parts)
      text +=
          fmt::format("    {:<32} {:>5}{}\n", part.part, part.finds, part.finds ? "" : "       " + useless);
  }
  return text;
}

Json row_to_json(const MutantRow& row, const Session& session) {
  Json tests = Json::object();
  for (std::size_t test = 0; test < row.runs.size(); ++test) {
    if (!row.runs[test]) continue;
    tests[session.spec.tests[test].name] = {{"outcome", word(row.runs[test]->outcome)},
                                            {"part", row.runs[test]->part},
                                            {"message", row.runs[test]->message}};
  }
  const MutantKey& key = row.mutant.key;
  return {{"number", row.number},
          {"file", key.file},
          {"line", row.mutant.line},
          {"operator", key.kind},
          {"sentence", row.mutant.sentence},
          {"key",
           {{"file", key.file},
            {"operator", key.kind},
            {"line", key.line},
            {"becomes", key.becomes},
            {"after", key.after}}},
          {"fate", word(row.fate)},
          {"reason", row.reason},
          {"diff", row.mutant.diff},
          {"tests", std::move(tests)}};
}

}  // namespace

std::string mutate_report(const Mutated& mutated, const Session& session) {
  const Style style(session.output.colour);
  std::string text;
  for (const MutantRow& row : mutated.rows) {
    if (row.fate != Fate::survived) continue;
    text += fmt::format("{} {}\n{}\n", style.bad("survived"), title(row, style),
                        coloured(row.mutant.diff, style));
  }
  text += numbers(mutated, style) + uses(mutated, style) + "\n";
  for (const std::string& sentence : mutated.mistakes) text += fmt::format("  mutation.json: {}\n", sentence);
  if (mutated.interrupted) return text + fmt::format("{}: interrupted.\n", style.bad("not ok"));
  if (mutated.ok())
    return text +
           fmt::format("{}: every mutant is killed, or it is said why no test can.\n", style.good("ok"));
  return text +
         fmt::format("{}: write a test that kills each survivor, or say in mutation.json why none can.\n",
                     style.bad("not ok"));
}

std::string mutant_list(const Mutated& mutated) {
  std::string text;
  for (const MutantRow& row : mutated.rows)
    text += fmt::format("#{:<4} {:<44} {}\n", row.number, row.name(), row.mutant.key.becomes);
  return text;
}

std::string mutant_details(const Mutated& mutated, const Session& session) {
  const Style style(session.output.colour);
  std::string text;
  for (const MutantRow& row : mutated.rows) {
    text += fmt::format("{}\n{}", title(row, style), coloured(row.mutant.diff, style));
    for (std::size_t test = 0; test < row.runs.size(); ++test) {
      if (!row.runs[test]) continue;
      const TestRun& run = *row.runs[test];
      text +=
          fmt::format("  {:<32} {:<12} {}\n", session.spec.tests[test].name, word(run.outcome), run.message);
    }
    const std::string fate = row.fate == Fate::killed
                                 ? fmt::format("killed by {}", fmt::join(killers(row, session), ", "))
                                 : std::string(word(row.fate));
    text += fmt::format("  {}{}{}\n\n", row.fate == Fate::survived ? style.bad(fate) : style.good(fate),
                        row.reason.empty() ? "" : ": ", row.reason);
  }
  return text;
}

Json to_json(const Mutated& mutated, const Session& session) {
  Json counts = Json::object();
  for (const Fate fate : kFates) counts[std::string(word(fate))] = mutated.count(fate);
  Json sources = Json::object();
  for (const MutantRow& row : mutated.rows)
    sources[row.mutant.key.file] = mutated.sources.at(row.mutant.key.file);
  Json mutants = Json::array();
  for (const MutantRow& row : mutated.rows) mutants.push_back(row_to_json(row, session));
  Json tests = Json::array();
  for (const TestUse& use : mutated.tests) {
    Json parts = Json::object();
    for (const PartUse& part : use.parts) parts[part.part] = part.finds;
    tests.push_back(
        {{"name", use.test}, {"kills", use.kills}, {"alone", use.alone}, {"finds", std::move(parts)}});
  }
  return {
      {"schema_version", kReportVersion}, {"exercise", mutated.exercise},  {"ok", mutated.ok()},
      {"counts", std::move(counts)},      {"mutants", std::move(mutants)}, {"sources", std::move(sources)},
      {"tests", std::move(tests)},        {"mistakes", mutated.mistakes}};
}

}  // namespace corokit::moulinette
