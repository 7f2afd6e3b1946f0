#include "building/symbols.hpp"

#include "error.hpp"
#include "exercise/manifest.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

/// The object file of toy/wrong/refused_thread.cpp, which defines add() and starts a thread.
fs::path object() {
  for (const RosterEntry& entry : load_manifest(load_kit(TOY_KIT).front().manifest).roster)
    if (entry.name == "refused_thread") return entry.object;
  throw std::runtime_error("the toy has no refused_thread");
}

const Symbol* find(const std::vector<Symbol>& symbols, std::string_view name) {
  const auto found = std::ranges::find(symbols, name, &Symbol::name);
  return found == symbols.end() ? nullptr : &*found;
}

TEST(Symbols, TellDefinitionsFromReferences) {
  const std::vector<Symbol> symbols = read_symbols(object());
  const Symbol* defined = find(symbols, "_Z3addii");
  ASSERT_TRUE(defined);
  EXPECT_TRUE(defined->is_defined);
  EXPECT_FALSE(defined->is_weak);
  const Symbol* called = find(symbols, "_ZNSt6thread4joinEv");
  ASSERT_TRUE(called);
  EXPECT_FALSE(called->is_defined);
}

TEST(Symbols, AreWeakenedInPlaceWhereTheyAreDefined) {
  const Workspace workspace;
  const fs::path copy = workspace.path() / "copy.o";
  fs::copy_file(object(), copy);
  const std::vector<Symbol> before = read_symbols(copy);
  weaken_symbols(copy);
  const std::vector<Symbol> after = read_symbols(copy);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].name, before[i].name);
    EXPECT_EQ(after[i].is_defined, before[i].is_defined) << after[i].name;
    EXPECT_EQ(after[i].is_weak, before[i].is_defined || before[i].is_weak) << after[i].name;
  }
  EXPECT_EQ(fs::file_size(copy), fs::file_size(object()));
}

TEST(Symbols, AreOfObjectFilesOnly) {
  EXPECT_THROW(read_symbols("/no/such/file.o"), Error);
  EXPECT_THROW(read_symbols(ROOT "/README.md"), Error);
}

}  // namespace
}  // namespace corokit::moulinette
