#include "programs.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace corokit::generated {
namespace {

constexpr std::size_t kSmall = 3;
constexpr std::size_t kMost = 4;

/// What one thread does.
struct Part {
  std::vector<Step> steps;
  std::set<int> owners;
};

std::vector<Part> make_parts(const std::vector<Form>& forms) {
  std::vector<Part> parts;
  const auto add = [&parts](std::initializer_list<Form> of) {
    Part& part = parts.emplace_back();
    for (const Form& form : of) {
      part.steps.push_back(form.step);
      if (form.owner != 0) part.owners.insert(form.owner);
    }
  };
  for (const Form& first : forms) add({first});
  for (const Form& first : forms)
    for (const Form& second : forms) add({first, second});
  return parts;
}

bool overlap(const std::set<int>& one, const std::set<int>& other) {
  return std::any_of(one.begin(), one.end(), [&other](int owner) { return other.contains(owner); });
}

/// Adds what is missing of a program, whose last thread plays part `last`: threads that play the same part or later ones.
void extend(const std::vector<Part>& parts, std::size_t last, std::size_t steps, const Program& program,
            std::set<int> owners, std::vector<Program>& small, std::vector<Program>& large) {
  if (program.size() >= 2) (steps <= kSmall ? small : large).push_back(program);
  if (program.size() == kThreads) return;
  for (std::size_t i = last; i < parts.size(); ++i) {
    const Part& part = parts[i];
    if (steps + part.steps.size() > kMost || overlap(part.owners, owners)) continue;
    Program longer = program;
    longer.push_back(part.steps);
    std::set<int> taken = owners;
    taken.insert(part.owners.begin(), part.owners.end());
    extend(parts, i, steps + part.steps.size(), longer, std::move(taken), small, large);
  }
}

}  // namespace

Programs make_programs(const std::vector<Form>& forms, std::uint64_t seed) {
  Programs programs;
  extend(make_parts(forms), 0, 0, {}, {}, programs.small, programs.large);
  std::mt19937_64 random(seed);
  std::shuffle(programs.large.begin(), programs.large.end(), random);
  return programs;
}

}  // namespace corokit::generated
