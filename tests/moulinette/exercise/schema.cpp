#include "exercise/schema.hpp"

#include "error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;
using Steps = std::vector<std::string>;  // keys and indexes that lead from the top of a document to a place
using Sentences = std::vector<std::string>;

struct Violation {
  Steps place;
  std::string description;  // in valijson's words
};

/// valijson writes a place as "<root>", "[tests]", "[2]".
Steps steps(const std::vector<std::string>& context) {
  Steps result;
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
const Json* schema_at(const Json& schema, const Steps& place) {
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

const Json* value_at(const Json& document, const Steps& place) {
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

Sentences wrong_keys(const Json& object, const Json& schema, const std::string& place) {
  Sentences known = schema.value("required", Sentences{});
  Sentences found;
  for (const std::string& key : known)
    if (!object.contains(key)) found.push_back(fmt::format("{}: \"{}\" is missing", place, key));
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [key, unused] : properties.items())
    if (key != "$schema" && std::ranges::find(known, key) == known.end()) known.push_back(key);
  if (schema.value("additionalProperties", Json(true)) != Json(false)) return found;
  for (const auto& [key, unused] : object.items()) {
    if (!properties.contains(key))
      found.push_back(fmt::format("{}: unknown key \"{}\" (known: {})", place, key, fmt::join(known, ", ")));
  }
  return found;
}

/// Returns: true if a value inside this object or list is wrong, not the object or list itself.
bool lies_deeper(const Steps& place, const std::vector<Violation>& all) {
  return std::ranges::any_of(all, [&place](const Violation& other) {
    return other.place.size() > place.size() &&
           std::ranges::equal(place, Steps(other.place.begin(),
                                           other.place.begin() + static_cast<std::ptrdiff_t>(place.size())));
  });
}

Sentences explain(const Violation& violation, const std::vector<Violation>& all, const Json& document,
                  const Json& schema, const std::string& name) {
  const std::string place =
      fmt::format("{}{}{}", name, violation.place.empty() ? "" : "/", fmt::join(violation.place, "/"));
  const Json& value = *value_at(document, violation.place);
  const Json* part = schema_at(schema, violation.place);
  if (part && value.is_object() && part->value("type", "") == "object") {
    Sentences found = wrong_keys(value, *part, place);
    if (!found.empty()) return found;
  }
  if (lies_deeper(violation.place, all)) return {};
  const std::string expected = part ? wanted(*part) : "";
  if (expected.empty()) return {fmt::format("{}: {}", place, violation.description)};
  if (violation.place.empty() ||
      std::ranges::all_of(violation.place.back(), [](char c) { return c >= '0' && c <= '9'; }))
    return {fmt::format("{} must be {}, not {}", place, expected, shown(value))};
  const std::string parent = place.substr(0, place.rfind('/'));
  return {
      fmt::format("{}: \"{}\" must be {}, not {}", parent, violation.place.back(), expected, shown(value))};
}

}  // namespace

std::vector<std::string> violations(const Json& document, const Json& schema, const std::string& name) {
  const std::vector<Violation> all = find_violations(document, schema);
  Sentences sentences;
  for (const Violation& violation : all) {
    for (std::string& sentence : explain(violation, all, document, schema, name)) {
      if (std::ranges::find(sentences, sentence) == sentences.end()) sentences.push_back(std::move(sentence));
    }
  }
  return sentences;
}

void require_valid(const Json& document, const std::string& name) {
  const std::filesystem::path folder = COROKIT_SCHEMAS;
  const Json schema = read_json(folder / std::filesystem::path(name).replace_extension(".schema.json"));
  const Sentences found = violations(document, schema, name);
  if (!found.empty()) throw broken(fmt::format("{}", fmt::join(found, "\n")));
}

Json read_json(const std::filesystem::path& file) {
  std::ifstream input(file);
  if (!input) throw broken(fmt::format("Cannot read {}.", file.string()));
  try {
    return Json::parse(input, nullptr, true, true);
  } catch (const Json::exception& error) {
    throw broken(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace corokit::moulinette
