#include "mutation/notes.hpp"

#include "error.hpp"
#include "exercise/schema.hpp"
#include "mutation/operators.hpp"

#include <fmt/format.h>
#include <fnmatch.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

void require_kind(const std::string& name) {
  if (std::ranges::find(operators(), name, &Operator::name) != operators().end()) return;
  throw broken(fmt::format("mutation.json: there is no operator {}", name));
}

}  // namespace

MutationNotes parse_notes(const nlohmann::json& json) {
  require_valid(json, "mutation.json");
  MutationNotes notes;
  notes.per_line = json.value("per_line", notes.per_line);
  for (const auto& entry : json.at("left_out")) {
    notes.left_out.push_back(
        {entry.at("files"), entry.value("except", std::vector<std::string>()), entry.at("reason")});
    std::ranges::for_each(notes.left_out.back().except, require_kind);
  }
  for (const auto& entry : json.at("equivalent")) {
    notes.equivalent.push_back({{entry.at("file"), entry.at("operator"), entry.at("line"),
                                 entry.value("becomes", std::string()), entry.value("after", std::string())},
                                entry.at("reason")});
    require_kind(notes.equivalent.back().key.kind);
  }
  return notes;
}

MutationNotes load_notes(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? parse_notes(read_json(file)) : MutationNotes();
}

bool leaves_out(const LeftOutNote& note, const MutantKey& mutant) {
  return fnmatch(note.files.c_str(), mutant.file.c_str(), 0) == 0 &&
         std::ranges::find(note.except, mutant.kind) == note.except.end();
}

bool explains(const EquivalentNote& note, const MutantKey& mutant) {
  MutantKey key = mutant;
  if (note.key.becomes.empty()) key.becomes.clear();
  if (note.key.after.empty()) key.after.clear();
  return note.key == key;
}

}  // namespace corokit::moulinette
