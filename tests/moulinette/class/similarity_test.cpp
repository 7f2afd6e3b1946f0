#include "class/similarity.hpp"

#include "class/code_tokens.hpp"
#include "testing/disguise.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <ctime>
#include <map>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

/// An exercise: what everybody has, and right solutions that are independent of each other.
struct Material {
  std::vector<std::string> given;
  std::vector<NamedSource> solutions;
};

const Material& orchestrator() {
  static const Material found = [] {
    const fs::path root = ROOT;
    const fs::path folder = root / "exercises" / "async_orchestrator";
    Material material;
    for (const fs::path& file : {folder / "matrix_orchestrator.cpp", folder / "async_orchestrator.hpp",
                                 root / "orchestrator/include/corokit/orchestrator/matrix_orchestrator.hpp"})
      material.given.push_back(read_text(file));
    material.given.push_back(code_of_markdown(read_text(folder / "subject.md")));
    for (const char* name : {"src/matrix_orchestrator", "alternatives/gates", "alternatives/mpsc_collection",
                             "alternatives/select_loop", "alternatives/worker_pool"})
      material.solutions.push_back({name, read_text(root / "orchestrator" / (std::string(name) + ".cpp"))});
    return material;
  }();
  return found;
}

/// The rungs, with their two right solutions each, and the orchestrator.
std::vector<Material> exercises() {
  const fs::path root = ROOT;
  std::vector<Material> found{orchestrator()};
  for (const auto& entry : fs::directory_iterator(root / "mutants")) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) continue;
    Material& rung = found.emplace_back();
    for (const auto& file : fs::directory_iterator(root / "exercises" / name))
      if (file.path().extension() == ".hpp") rung.given.push_back(read_text(file));
    rung.given.push_back(code_of_markdown(read_text(root / "exercises" / name / "lesson.md")));
    for (const auto& file : fs::directory_iterator(entry))
      if (file.path().extension() == ".hpp")
        rung.solutions.push_back({file.path().filename(), read_text(file)});
  }
  return found;
}

/// Whether two hand-ins of an exercise are shown to a person, as a pair or as the same.
bool are_shown(const Material& exercise, const std::string& one, const std::string& other) {
  const Similarity found = find_similar({{"a", "", one}, {"b", "", other}}, exercise.given, {});
  return !found.pairs.empty() || !found.same.empty();
}

/// What is shown of a set of pairs.
struct Shown {
  std::size_t copies = 0;  // a solution and the same in disguise
  std::size_t found = 0;
  std::size_t independent = 0;  // different solutions of one exercise, of which at most one is in disguise
  std::size_t wrongly = 0;
};

/// Compares the solutions of an exercise, and all of them in disguise. Nothing is common: there are too few.
void compare(const Material& exercise, const disguise::Disguise& how, Shown& shown) {
  const std::size_t count = exercise.solutions.size();
  std::vector<ComparedFile> hand_ins;
  for (const NamedSource& solution : exercise.solutions)
    hand_ins.push_back({solution.name, "", solution.source});
  for (const NamedSource& solution : exercise.solutions)
    hand_ins.push_back({"", "", how.apply(solution.source)});
  SimilarityRules rules;
  rules.common_least = 1000;
  const Similarity found = find_similar(hand_ins, exercise.given, {}, rules);
  shown.copies += count;
  shown.independent += 3 * count * (count - 1) / 2;
  for (const auto& same : found.same) shown.found += same[0] + count == same[1] ? 1 : 0;
  for (const SimilarPair& pair : found.pairs) {
    if (pair.one >= count) continue;  // a disguise that adds the same to both makes them alike
    (pair.one == pair.other - count ? shown.found : shown.wrongly) += 1;
  }
}

TEST(Similarity, FindsCopiesInDisguiseAndNoIndependentSolutions) {
  const std::vector<Material> all = exercises();
  std::string table;
  std::size_t plain = 0;  // copies without a disguise that are found: very short solutions are not compared
  for (const disguise::Disguise& how : disguise::all()) {
    Shown shown;
    for (const Material& exercise : all) compare(exercise, how, shown);
    SCOPED_TRACE(fmt::format("{}: {} of {} copies are found, {} of {} independent pairs are shown", how.name,
                             shown.found, shown.copies, shown.wrongly, shown.independent));
    if (plain == 0) plain = shown.found;
    EXPECT_EQ(shown.wrongly, 0U);
    EXPECT_GE(plain * 10, shown.copies * 8);
    // Of ten that are found undisguised. No run of tokens is long where every other statement is foreign.
    const std::size_t least = how.name == "a statement after each"   ? 2
                              : how.name.starts_with("all of these") ? 8
                                                                     : 9;
    EXPECT_GE(shown.found * 10, plain * least);
    table += fmt::format("| {} | {} of {} | {} of {} |\n", how.name, shown.found, shown.copies, shown.wrongly,
                         shown.independent);
  }
  EXPECT_NE(read_text(ROOT "/tests/moulinette/README.md").find(table), std::string::npos) << table;
}

TEST(Similarity, StubsAreNobodysOwn) {
  const std::string& stub = orchestrator().given.front();
  EXPECT_FALSE(are_shown(orchestrator(), stub, stub));
  EXPECT_FALSE(are_shown(orchestrator(), stub, disguise::renamed(stub)));
  EXPECT_FALSE(are_shown(orchestrator(), stub, orchestrator().solutions.front().source));
}

TEST(Similarity, ShowsPassagesByTheirLines) {
  const std::string& source = orchestrator().solutions[1].source;
  const auto lines = static_cast<std::size_t>(std::ranges::count(source, '\n'));
  const Similarity found =
      find_similar({{"a", "", source}, {"b", "", "\n\n\n" + source + "int more;"}}, orchestrator().given, {});
  ASSERT_EQ(found.pairs.size(), 1U);
  const Likeness& how = found.pairs.front().likeness;
  ASSERT_EQ(how.passages.size(), 1U);
  const Passage& passage = how.passages.front();
  EXPECT_EQ(passage.other.first, passage.one.first + 3);
  EXPECT_EQ(passage.other.last, passage.one.last + 3);
  EXPECT_GT(passage.one.last - passage.one.first + 40, lines) << "but for the comment at the top";
  EXPECT_EQ(how.of_one, 1);
  EXPECT_LT(how.of_other, 1);
}

TEST(Similarity, NamesCopiesOfAKnownSolution) {
  const auto& solutions = orchestrator().solutions;
  const std::string copy = disguise::with_dead_code(disguise::renamed(solutions[0].source));
  const Similarity found =
      find_similar({{"a", "", solutions[1].source}, {"b", "", copy}, {"c", "", copy + " // c"}},
                   orchestrator().given, {solutions[0], solutions[2]});
  ASSERT_EQ(found.known.size(), 2U);
  EXPECT_EQ(found.known[0].hand_in, 1U);
  EXPECT_EQ(found.known[0].known, "src/matrix_orchestrator");
  EXPECT_EQ(found.known[1].hand_in, 2U);
  EXPECT_TRUE(found.pairs.empty());
}

TEST(Similarity, HandInsThatAreTheSameAreOneCluster) {
  const auto& solutions = orchestrator().solutions;
  const Similarity found = find_similar({{"a", "", solutions[0].source},
                                         {"b", "", solutions[1].source},
                                         {"c", "", disguise::commented(solutions[0].source)},
                                         {"d", "", disguise::with_dead_code(solutions[0].source)},
                                         {"e", "", disguise::renamed(solutions[0].source)}},
                                        orchestrator().given, {});
  EXPECT_EQ(found.same, (std::vector<std::vector<std::size_t>>{{0, 2, 4}}));
  ASSERT_EQ(found.pairs.size(), 1U) << "of the cluster only one is compared";
  EXPECT_EQ(found.pairs[0].one, 0U);
  EXPECT_EQ(found.pairs[0].other, 3U);
}

TEST(Similarity, ThoseOfAGroupHaveWorkedTogether) {
  const std::string& source = orchestrator().solutions[0].source;
  const std::string other = disguise::with_dead_code(source);
  const auto found = [&](std::vector<ComparedFile> hand_ins) {
    return find_similar(hand_ins, orchestrator().given, {});
  };
  EXPECT_TRUE(found({{"a", "1", source}, {"b", "1", other}}).pairs.empty());
  EXPECT_TRUE(found({{"a", "1", source}, {"b", "1", source}}).same.empty());
  EXPECT_EQ(found({{"a", "1", source}, {"b", "2", other}}).pairs.size(), 1U);
  EXPECT_EQ(found({{"a", "1", source}, {"b", "1", source}, {"c", "", source}}).same.size(), 1U);
  const Similarity mixed =
      found({{"a", "1", source}, {"b", "1", other}, {"c", "2", disguise::renamed(source)}});
  ASSERT_EQ(mixed.pairs.size(), 1U) << "a and c are the same, c and b are alike";
  EXPECT_EQ(mixed.pairs[0].one, 1U);
  EXPECT_EQ(mixed.pairs[0].other, 2U);
}

TEST(Similarity, WhatMostOfAClassWritesIsNobodysOwn) {
  const std::string common = orchestrator().solutions[3].source;
  std::vector<ComparedFile> hand_ins;
  for (std::size_t i = 0; i < 9; ++i) {
    std::string own;
    for (std::size_t n = 0; n < 12; ++n)
      own += fmt::format("int f{}() {{ return {}; }}\n", n,
                         std::string(1 + (i * 7 + n * 3) % 11, '-') + "a" + std::string(n % 3, '+') + "b");
    hand_ins.push_back({fmt::format("{}", i), "", common + own});
  }
  const Similarity found = find_similar(hand_ins, orchestrator().given, {});
  EXPECT_TRUE(found.pairs.empty());
  EXPECT_GT(found.shared, 50U);
}

TEST(Similarity, TakesTwoSecondsForTwoHundred) {
  std::vector<ComparedFile> hand_ins;
  std::mt19937 random(1);
  for (unsigned i = 0; i < 200; ++i) {
    std::string source = disguise::reordered(orchestrator().solutions[i % 5].source, i);
    if (i % 3 != 0)
      source = disguise::with_statements(orchestrator().solutions[i % 5].source, 1 + random() % 9);
    hand_ins.push_back({fmt::format("{}", i), "", source});
  }
  const std::clock_t begin = std::clock();
  const Similarity found = find_similar(hand_ins, orchestrator().given, orchestrator().solutions);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  EXPECT_GT(found.known.size(), 150U);
  constexpr double kLimit = IS_OPTIMISED ? 2 : 60;
  EXPECT_LT(seconds, kLimit) << "of processor time";
}

TEST(Similarity, AnythingMayBeHandedIn) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 131 % 256);
  std::string repeated;
  for (int i = 0; i < 60'000; ++i) repeated += "a;";
  const Similarity found =
      find_similar({{"a", "", ""}, {"b", "", bytes}, {"c", "", repeated}, {"d", "", repeated + "b"}},
                   orchestrator().given, orchestrator().solutions);
  EXPECT_TRUE(found.known.empty());
}

}  // namespace
}  // namespace corokit::moulinette
