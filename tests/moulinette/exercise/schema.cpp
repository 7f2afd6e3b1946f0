#include "exercise/schema.hpp"

#include "error.hpp"
#include "exercise/closest.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;
using Sentences = std::vector<std::string>;
using Complaints = std::vector<Complaint>;

bool is_index(const std::string& step) {
  return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

struct Violation {
  JsonPlace place;
  std::string description;  // in valijson's words
};

/// valijson writes a place as "<root>", "[tests]", "[2]".
JsonPlace steps(const std::vector<std::string>& context) {
  JsonPlace result;
  for (const std::string& step : context)
    if (step.starts_with('[')) result.push_back(step.substr(1, step.size() - 2));
  return result;
}

std::vector<Violation> find_violations(const Json& document, const Json& schema) {
  valijson::Schema compiled;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);
  valijson::ValidationResults results;
  valijson::Validator().validate(compiled, valijson::adapters::NlohmannJsonAdapter(document), &results);
  std::vector<Violation> found;
  for (const auto& error : results) found.push_back({steps(error.context), error.description});
  return found;
}

const Json* find(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

/// Returns: the subschema of a place; null if `properties` and `items` do not lead to it.
const Json* schema_at(const Json& schema, const JsonPlace& place) {
  const auto resolved = [&schema](const Json* part) -> const Json* {
    if (!part) return nullptr;
    const Json* reference = find(*part, "$ref");
    return reference ? &schema.at(Json::json_pointer(reference->get<std::string>().substr(1))) : part;
  };
  const Json* part = &schema;
  for (const std::string& step : place) {
    const Json* properties = find(*part, "properties");
    part = resolved(properties ? find(*properties, step) : find(*part, "items"));
    if (!part) return nullptr;
  }
  return part;
}

const Json* value_at(const Json& document, const JsonPlace& place) {
  const Json* value = &document;
  for (const std::string& step : place)
    value = value->is_array() ? &value->at(std::stoul(step)) : &value->at(step);
  return value;
}

std::string wanted_list(const Json& schema) {
  const Json* items = find(schema, "items");
  const std::string of = items ? items->value("type", "") : "";
  const Json* least = find(schema, "minItems");
  const Json* most = find(schema, "maxItems");
  std::string size;
  if (least && most) {
    size = fmt::format(" with {} to {} items", least->dump(), most->dump());
  } else if (least || most) {
    const Json& count = least ? *least : *most;
    size =
        fmt::format(" with at {} {} item{}", least ? "least" : "most", count.dump(), count == 1 ? "" : "s");
  }
  return fmt::format("a list{}{}", of == "string" ? " of texts" : of == "object" ? " of objects" : "", size);
}

std::string wanted_text(const Json& schema) {
  if (const Json* pattern = find(schema, "pattern"))
    return "a text that matches " + pattern->get<std::string>();
  return schema.value("minLength", 0) > 0 ? "a text that is not empty" : "a text";
}

std::string wanted_number(const std::string& kind, const Json& schema) {
  const Json* least = find(schema, "minimum");
  const Json* most = find(schema, "maximum");
  if (least && most) return fmt::format("{} from {} to {}", kind, least->dump(), most->dump());
  if (least || most)
    return fmt::format("{} of at {} {}", kind, least ? "least" : "most", (least ? least : most)->dump());
  return kind;
}

/// What the schema asks of a value: "a whole number from 1 to 60".
std::string wanted(const Json& schema) {
  if (const Json* choices = find(schema, "enum")) {
    Sentences words;
    for (const Json& choice : *choices)
      words.push_back(choice.is_string() ? choice.get<std::string>() : choice.dump());
    return fmt::format("one of {}", fmt::join(words, ", "));
  }
  const std::string type = schema.value("type", "");
  if (type == "string") return wanted_text(schema);
  if (type == "integer") return wanted_number("a whole number", schema);
  if (type == "number") return wanted_number("a number", schema);
  if (type == "array") return wanted_list(schema);
  if (type == "boolean") return "true or false";
  return type == "object" ? "an object" : "";
}

std::string shown(const Json& value) {
  constexpr std::size_t kLongest = 60;
  if (value.is_object()) return "an object";
  if (value.is_array()) return fmt::format("a list of {}", value.size());
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= kLongest ? text : text.substr(0, kLongest) + "…";
}

/// Returns: the place as one writes it, "tests[2].points"; empty for the whole document.
std::string path_to(const JsonPlace& place) {
  std::string path;
  for (const std::string& step : place) {
    if (is_index(step))
      path += fmt::format("[{}]", step);
    else
      path += path.empty() ? step : "." + step;
  }
  return path;
}

JsonPlace inside(JsonPlace place, const std::string& key) {
  place.push_back(key);
  return place;
}

/// Returns: the keys that an object may have, those that it must have first.
Sentences known_keys(const Json& schema) {
  Sentences known = schema.value("required", Sentences{});
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [key, unused] : properties.items())
    if (key != "$schema" && std::ranges::find(known, key) == known.end()) known.push_back(key);
  return known;
}

Complaints wrong_keys(const Json& object, const Json& schema, const JsonPlace& place) {
  const Sentences known = known_keys(schema);
  const Json properties = schema.value("properties", Json::object());
  const bool may_have_others = schema.value("additionalProperties", Json(true)) != Json(false);
  const std::string owner = place.empty() ? "there is" : path_to(place) + " has";
  Complaints unknown;
  Sentences misspelt;  // the keys that were meant
  for (const auto& [key, unused] : object.items()) {
    if (may_have_others || properties.contains(key)) continue;
    misspelt.push_back(closest(key, known));
    unknown.push_back(
        {inside(place, key), misspelt.back().empty()
                                 ? fmt::format("{} a key \"{}\", which is unknown; the keys are {}", owner,
                                               key, fmt::join(known, ", "))
                                 : fmt::format("{} a key \"{}\"{}", owner, key, did_you_mean(key, known))});
  }
  Complaints found;
  for (const std::string& key : schema.value("required", Sentences{})) {
    if (!object.contains(key) && std::ranges::find(misspelt, key) == misspelt.end())
      found.push_back({place, fmt::format("\"{}\" is missing", path_to(inside(place, key)))});
  }
  found.insert(found.end(), unknown.begin(), unknown.end());
  return found;
}

/// Returns: true if a value inside this object or list is wrong, not the object or list itself.
bool lies_deeper(const JsonPlace& place, const std::vector<Violation>& all) {
  return std::ranges::any_of(all, [&place](const Violation& other) {
    return other.place.size() > place.size() &&
           std::ranges::equal(place,
                              JsonPlace(other.place.begin(),
                                        other.place.begin() + static_cast<std::ptrdiff_t>(place.size())));
  });
}

Complaints explain(const Violation& violation, const std::vector<Violation>& all, const Json& document,
                   const Json& schema) {
  const Json& value = *value_at(document, violation.place);
  const Json* part = schema_at(schema, violation.place);
  if (part && value.is_object() && part->value("type", "") == "object") {
    Complaints found = wrong_keys(value, *part, violation.place);
    if (!found.empty()) return found;
  }
  if (lies_deeper(violation.place, all)) return {};
  const std::string what =
      violation.place.empty() ? "the document" : fmt::format("\"{}\"", path_to(violation.place));
  const std::string expected = part ? wanted(*part) : "";
  if (expected.empty()) return {{violation.place, fmt::format("{}: {}", what, violation.description)}};
  return {{violation.place, fmt::format("{} must be {}, not {}", what, expected, shown(value))}};
}

}  // namespace

std::vector<Complaint> complaints(const Json& document, const Json& schema) {
  const std::vector<Violation> all = find_violations(document, schema);
  Complaints found;
  for (const Violation& violation : all) {
    for (Complaint& complaint : explain(violation, all, document, schema)) {
      if (std::ranges::find(found, complaint.sentence, &Complaint::sentence) == found.end())
        found.push_back(std::move(complaint));
    }
  }
  return found;
}

std::vector<std::string> violations(const Json& document, const Json& schema, const std::string& name) {
  Sentences sentences;
  for (const Complaint& complaint : complaints(document, schema))
    sentences.push_back(fmt::format("{}: {}", name, complaint.sentence));
  return sentences;
}

Json schema_of(const std::string& name) {
  const std::filesystem::path folder = COROKIT_SCHEMAS;
  return read_json(folder / std::filesystem::path(name).replace_extension(".schema.json"));
}

void require_valid(const Json& document, const std::string& name) {
  const Sentences found = violations(document, schema_of(name), name);
  if (!found.empty()) throw broken(fmt::format("{}", fmt::join(found, "\n")));
}

JsonFile read_json_file(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  try {
    Json json = Json::parse(text, nullptr, true, true);
    return {file, std::move(json), JsonLines(text)};
  } catch (const Json::exception& error) {
    throw broken(fmt::format("{}: {}", file.string(), error.what()));
  }
}

Json read_json(const std::filesystem::path& file) {
  return read_json_file(file).json;
}

std::string JsonFile::located(const Complaint& complaint) const {
  return fmt::format("{}:{}: {}", file.string(), lines.line(complaint.place), complaint.sentence);
}

}  // namespace corokit::moulinette
