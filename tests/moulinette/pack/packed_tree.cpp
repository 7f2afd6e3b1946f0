#include "pack/packed_tree.hpp"

#include "error.hpp"
#include "exercise/named_tests.hpp"
#include "exercise/plain_code.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// A wrong implementation that works on threads, and so for the grader.
constexpr const char* kBlocking = "mutants/async_orchestrator/refused_2_blocking.cpp";
constexpr const char* kInsteadOfOrchestrator = "orchestrator/src/blocking_orchestrator.cpp";

bool is_executable(const fs::path& file) {
  return (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

/// Whether a file of the kit is there for its own tests, or to be read by those who work on it.
bool serves_development(const fs::path& file) {
  static const std::set<std::string> folders{"toy",    "fresh",     "hostile", "testing",
                                             "golden", "plausible", "steps"};
  const std::string name = file.filename();
  if (name.ends_with("_test.cpp") || name.ends_with("_test.cmake") || name.ends_with(".md")) return true;
  if (file.parent_path() == "tests/explorer/programs") return !name.ends_with("_flags");
  return std::ranges::any_of(file.parent_path(),
                             [](const fs::path& folder) { return folders.contains(folder.string()); });
}

class Tree {
 public:
  explicit Tree(const TreeOptions& options)
      : options_(options),
        spec_(Json::parse(read_file(root() / exercise() / "spec.json"), nullptr, true, true)) {}

  std::vector<PackedFile> files() {
    add_kit();
    add_exercise();
    add_tests();
    add_given();
    std::ranges::sort(files_, {}, &PackedFile::path);
    return std::move(files_);
  }

 private:
  const fs::path& root() const { return options_.root; }
  fs::path exercise() const { return fs::path("exercises") / options_.exercise; }

  void add(const fs::path& file, const std::string& role) {
    files_.push_back({file.string(), role, read_file(root() / file), is_executable(root() / file)});
  }

  /// Adds all files below a folder, or the one that is named.
  void add_all(const fs::path& place) {
    if (!fs::is_directory(root() / place)) return add(place, "kit");
    for (const auto& entry :
         fs::recursive_directory_iterator(root() / place, fs::directory_options::follow_directory_symlink)) {
      const fs::path file = place / entry.path().lexically_relative(root() / place);
      if (entry.is_regular_file() && !serves_development(file)) add(file, "kit");
    }
  }

  void add_kit() {
    for (const char* place :
         {"CMakeLists.txt", "CMakePresets.json", "LICENSE", ".gitignore", ".gitattributes", "moulinette",
          "runtime/CMakeLists.txt", "runtime/cmake", "runtime/include", "runtime/src",
          "orchestrator/CMakeLists.txt", "orchestrator/include", "exercises/compile_flags.txt",
          "exercises/norm.json", "exercises/norm.fr.json", "tests/CMakeLists.txt", "tests/explorer",
          "tests/moulinette", "tests/specified/harness"})
      add_all(place);
    for (const char* folder : {"exercises", "tests/specified"}) {
      for (const auto& entry : fs::directory_iterator(root() / folder)) {
        const fs::path file = fs::path(folder) / entry.path().filename();
        const bool is_wanted = folder == std::string_view("exercises")
                                   ? file.string().ends_with(".schema.json")
                                   : entry.is_regular_file();
        if (is_wanted && !serves_development(file)) add(file, "kit");
      }
    }
    files_.push_back({"tests/packed", "kit", "pack has made this tree for " + options_.exercise + ".\n"});
    // The lines that say how it is wrong come first.
    std::string blocking = read_file(root() / kBlocking);
    blocking.erase(0, blocking.find("#include"));
    files_.push_back(
        {kInsteadOfOrchestrator, "kit",
         "// What the grader itself runs on in this tree. It blocks threads: the norm refuses it as a "
         "solution.\n" +
             blocking});
  }

  void add_exercise() {
    for (const auto& entry : fs::directory_iterator(root() / exercise())) {
      const fs::path file = exercise() / entry.path().filename();
      static const std::set<std::string> kinds{".md", ".json", ".hpp", ".cpp"};
      const bool is_spec = file.filename() == "spec.json" || file.filename() == "spec.fr.json";
      if (entry.is_regular_file() && kinds.contains(file.extension()) && !is_spec) add(file, "exercise");
    }
    const std::string packed = packed_spec(spec_, options_.hidden_tests);
    files_.push_back({exercise() / "spec.json", "exercise", packed});
    files_.push_back({exercise() / "spec.fr.json", "exercise",
                      packed_translation(Json::parse(read_file(root() / exercise() / "spec.fr.json")),
                                         Json::parse(packed))});
  }

  /// Whether a test of spec.json, or that with this part, is hidden.
  bool is_hidden(const std::string& part) const {
    std::string whole = part;
    for (const Json& edge : spec_.at("edge_cases"))
      if (edge.at("name") == part) whole = edge.at("part_of");
    return std::ranges::any_of(spec_.at("tests"), [&whole](const Json& test) {
      return test.at("name") == whole && !test.value("visible", true);
    });
  }

  void add_tests() {
    const fs::path folder = fs::path("tests/specified") / options_.exercise;
    std::map<fs::path, std::set<bool>> kinds;  // whether the tests of a file are hidden
    for (const NamedTest& test : named_tests(root() / folder))
      kinds[test.file.filename()].insert(is_hidden(test.part));
    for (const auto& entry : fs::directory_iterator(root() / folder)) {
      const fs::path file = folder / entry.path().filename();
      if (!entry.is_regular_file() || file.extension() == ".md") continue;
      const std::set<bool>& kind = kinds[file.filename()];
      if (kind.size() > 1)
        throw broken(fmt::format("{} has a hidden test and one that is not: ./moulinette spec {}",
                                 file.string(), options_.exercise));
      const bool is_hidden = kind.contains(true);
      if (!is_hidden || options_.hidden_tests) add(file, is_hidden ? "hidden test" : "test");
    }
    // What random scenarios are made of, without what tests it.
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(root() / folder / "fuzzing", none)) {
      const fs::path file = folder / "fuzzing" / entry.path().filename();
      const bool is_source = file.extension() == ".cpp" || file.extension() == ".hpp";
      if (is_source && !file.string().ends_with("_test.cpp")) add(file, "test");
    }
  }

  /// The headers of earlier rungs that this one stands on: those that are given, and the right solutions.
  void add_given() {
    static const std::regex include(R"(#\s*include\s*<([0-9][0-9]_\w+/\w+\.hpp)>)");
    std::vector<std::string> open;
    std::set<std::string> seen;
    const auto look_into = [&](const std::string& content) {
      const std::string text = without_comments(content);
      for (std::sregex_iterator match(text.begin(), text.end(), include), end; match != end; ++match) {
        const std::string header = (*match)[1];
        if (!header.starts_with(options_.exercise + "/") && seen.insert(header).second)
          open.push_back(header);
      }
    };
    for (const PackedFile& file : files_)
      if (file.role != "kit") look_into(file.content);
    while (!open.empty()) {
      const std::string header = open.back();
      open.pop_back();
      const bool is_solution = fs::exists(root() / "mutants" / header);
      add(fs::path(is_solution ? "mutants" : "exercises") / header, "given");
      look_into(files_.back().content);
    }
  }

  const TreeOptions& options_;
  Json spec_;
  std::vector<PackedFile> files_;
};

}  // namespace

std::string packed_spec(const Json& spec, bool hidden_tests) {
  constexpr int kPoints = 100;
  Json packed = spec;
  packed.erase("roster");
  std::set<std::string> left_out;
  int withheld = 0;
  Json tests = Json::array();
  for (const Json& test : spec.at("tests")) {
    if (hidden_tests || test.value("visible", true)) {
      tests.push_back(test);
      continue;
    }
    left_out.insert(test.at("name").get<std::string>());
    withheld += test.at("points").get<int>();
  }
  packed["tests"] = std::move(tests);
  Json edge_cases = Json::array();
  for (const Json& edge : spec.at("edge_cases"))
    if (!left_out.contains(edge.at("part_of").get<std::string>())) edge_cases.push_back(edge);
  packed["edge_cases"] = std::move(edge_cases);
  const int pass = spec.at("pass").get<int>();
  packed["pass"] = (pass * (kPoints - withheld) + kPoints - 1) / kPoints;
  packed["withheld"] = withheld;
  return packed.dump(2) + "\n";
}

std::string packed_translation(Json french, const Json& packed) {
  for (const char* list : {"tests", "edge_cases"}) {
    Json kept = Json::object();
    for (const Json& entry : packed.at(list)) {
      const std::string name = entry.at("name");
      kept[name] = french.at(list).at(name);
    }
    french[list] = std::move(kept);
  }
  return french.dump(2) + "\n";
}

std::vector<PackedFile> packed_tree(const TreeOptions& options) {
  return Tree(options).files();
}

}  // namespace corokit::moulinette
