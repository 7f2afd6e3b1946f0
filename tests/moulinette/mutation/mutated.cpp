#include "mutation/mutated.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

TestUse unused(const TestSpec& test) {
  TestUse use{.test = test.name, .parts = {{.part = test.name}}};
  for (const PartSpec& part : test.parts) use.parts.push_back({.part = part.name});
  return use;
}

bool is_killed_alone(const MutantRow& row) {
  std::size_t killers = 0;
  for (std::size_t test = 0; test < row.runs.size(); ++test) killers += row.is_killed_by(test) ? 1 : 0;
  return killers == 1;
}

}  // namespace

std::string_view word(Fate fate) noexcept {
  switch (fate) {
    case Fate::killed:
      return "killed";
    case Fate::survived:
      return "survived";
    case Fate::equivalent:
      return "equivalent";
    case Fate::refused:
      return "did_not_compile";
    case Fate::duplicate:
      return "duplicate";
    case Fate::not_played:
      return "not_played";
  }
  return "unknown";
}

std::string MutantRow::name() const {
  return fmt::format("{}:{} {}", std::filesystem::path(mutant.key.file).filename().string(), mutant.line,
                     mutant.key.kind);
}

bool MutantRow::is_killed_by(std::size_t test) const {
  return runs[test] && runs[test]->outcome != Outcome::passed && runs[test]->outcome != Outcome::interrupted;
}

std::size_t Mutated::count(Fate fate) const {
  return static_cast<std::size_t>(std::ranges::count(rows, fate, &MutantRow::fate));
}

bool Mutated::ok() const {
  return !interrupted && mistakes.empty() && count(Fate::survived) == 0;
}

std::vector<TestUse> uses_of(const std::vector<TestSpec>& tests, const std::vector<MutantRow>& rows) {
  std::vector<TestUse> uses;
  for (std::size_t test = 0; test < tests.size(); ++test) {
    TestUse use = unused(tests[test]);
    for (const MutantRow& row : rows) {
      if (!row.is_killed_by(test)) continue;
      ++use.kills;
      if (is_killed_alone(row)) ++use.alone;
      const auto part = std::ranges::find(use.parts, row.runs[test]->part, &PartUse::part);
      if (part != use.parts.end()) ++part->finds;
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

}  // namespace corokit::moulinette
