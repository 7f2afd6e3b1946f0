#include "error.hpp"
#include "exercise/closest.hpp"
#include "exercise/contract_parts.hpp"
#include "exercise/named_tests.hpp"
#include "exercise/patched_file.hpp"
#include "exercise/wrong_header.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;

std::string relative_to(const fs::path& root, const fs::path& file) {
  return file.lexically_relative(root).string();
}

}  // namespace

JsonPlace place_of_test(const Json& spec, const std::string& name) {
  for (const char* list : {"tests", "edge_cases"}) {
    for (std::size_t i = 0; i < spec.at(list).size(); ++i)
      if (spec.at(list)[i].at("name") == name) return {list, std::to_string(i), "name"};
  }
  return {};
}

void ContractCheck::tests() {
  defined_tests();
  hidden_tests();
}

/// Each name of spec.json is defined once, as a part of the test that spec.json says; and nothing else is.
void ContractCheck::defined_tests() {
  const fs::path sources = root_ / "tests/specified" / exercise_;
  Names known;
  for (const TestSpec& test : spec_.tests) {
    known.push_back(test.name);
    for (const PartSpec& part : test.parts) known.push_back(part.name);
  }
  std::set<std::string> defined;
  for (const NamedTest& test : named_tests(sources)) {
    const TestSpec* whole = spec_.find(test.part);
    if (!defined.insert(test.part).second)
      add(test.file, test.line, fmt::format("{} is defined twice", test.part));
    else if (!whole)
      add(test.file, test.line,
          fmt::format("spec.json has no test and no edge case {}{}", test.part,
                      did_you_mean(test.part, known)));
    else if (!test.test.empty() && whole->name != test.test)
      add(test.file, test.line,
          fmt::format("it makes {} a part of {}, and spec.json a part of {}", test.part, test.test,
                      whole->name));
  }
  for (const std::string& name : known) {
    if (defined.contains(name)) continue;
    const TestSpec* whole = spec_.find(name);
    std::string macro = fmt::format("COROKIT_EXPLORED({})", name);
    if (!spec_.is_rung)
      macro = whole->name == name ? fmt::format("COROKIT_SPECIFIED_TEST({})", name)
                                  : fmt::format("COROKIT_SPECIFIED_PART({}, {})", whole->name, name);
    add_to_spec(place_of_test(file_.json, name),
                fmt::format("no source in {} has {}", relative_to(root_, sources), macro));
  }
}

/// A source goes to students or it does not.
void ContractCheck::hidden_tests() {
  std::map<fs::path, const NamedTest*> shown;
  std::map<fs::path, const NamedTest*> hidden;
  const std::vector<NamedTest> all = named_tests(root_ / "tests/specified" / exercise_);
  for (const NamedTest& test : all) {
    const TestSpec* whole = spec_.find(test.part);
    if (whole) (whole->visible ? shown : hidden).emplace(test.file, &test);
  }
  for (const auto& [file, test] : hidden) {
    if (shown.contains(file))
      add(file, test->line,
          fmt::format("{} is hidden and {} is not: a hidden test needs a file of its own, since students get "
                      "the others",
                      test->part, shown.at(file)->part));
  }
}

Names ContractCheck::expand(const JsonPlace& place, const std::string& pattern) {
  glob_t matched{};
  Names files;
  if (glob((root_ / pattern).c_str(), 0, nullptr, &matched) == 0)
    for (std::size_t i = 0; i < matched.gl_pathc; ++i)
      files.push_back(relative_to(root_, matched.gl_pathv[i]));
  globfree(&matched);
  if (files.empty())
    add_to_spec(place, fmt::format("no file is named by \"{}\", an entry of \"roster\"", pattern));
  return files;
}

void ContractCheck::roster() {
  if (!file_.json.contains("roster")) return;
  const Json& roster = file_.json.at("roster");
  Names named;
  const auto take = [&](const JsonPlace& place, const std::string& pattern) {
    Names files = expand(place, pattern);
    for (const std::string& file : files) {
      if (std::ranges::find(named, file) != named.end())
        add_to_spec(place, fmt::format("{} is named twice, here by \"{}\"", file, pattern));
      named.push_back(file);
    }
    return files;
  };
  Names right = take({"roster", "reference"}, roster.at("reference"));
  for (const std::string key : {"alternatives", "refused", "mutants", "slow"}) {
    const Json entries = roster.value(key, Json::array());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Names files = take({"roster", key, std::to_string(i)}, entries[i]);
      if (key == "alternatives") right.insert(right.end(), files.begin(), files.end());
      for (const std::string& file : files) {
        if (key == "refused" || key == "mutants") wrong_header(file);
        if (fs::path(file).extension() == ".patch") patch(file, right);
      }
    }
  }
  unnamed_files(named);
}

void ContractCheck::wrong_header(const std::string& file) {
  try {
    load_wrong_header(root_, file, spec_);
  } catch (const Error& error) {
    add_error(root_ / file, error.what());
  }
}

void ContractCheck::patch(const std::string& file, const Names& right) {
  const PatchedFile changed = patched_file(read_if_possible(root_ / file).value_or(""));
  if (std::ranges::none_of(right, [&changed](const std::string& one) { return changed.is(one); }))
    add(root_ / file, changed.line,
        fmt::format("it changes neither the reference nor an alternative: \"--- a/\" names {}",
                    changed.name.empty() ? "nothing" : changed.name));
}

void ContractCheck::unnamed_files(const Names& named) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root_ / "mutants" / exercise_, failed)) {
    const fs::path name = entry.path().filename();
    if (name.extension() == ".md" || name == "mutation.json" ||
        std::ranges::find(named, relative_to(root_, entry.path())) != named.end())
      continue;
    add(entry.path(), 0, "no entry of \"roster\" in spec.json names this file");
  }
}

}  // namespace corokit::moulinette
