#include "class/gradescope.hpp"

#include "class/deadline.hpp"
#include "class/hand_in_notes.hpp"
#include "error.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

/// Returns: the text under a key, which is written as Ruby's symbols are.
std::string text_under(const YAML::Node& node, const std::string& key) {
  const YAML::Node value = node[":" + key] ? node[":" + key] : node[key];
  return value && value.IsScalar() && !value.IsNull() ? value.Scalar() : "";
}

void take(const fs::path& root, const std::string& submission, const YAML::Node& entry, HandIns& found) {
  const YAML::Node submitters = entry[":submitters"] ? entry[":submitters"] : entry["submitters"];
  if (!submitters || !submitters.IsSequence() || submitters.size() == 0) {
    found.problems.push_back(note("{} was skipped: {} names no student.", submission, kGradescopeMetadata));
    return;
  }
  std::optional<Moment> at;
  // Times without a zone are in UTC.
  if (const std::string text = text_under(entry, "created_at"); !text.empty())
    at = text.find_first_of("Z+", 10) == std::string::npos ? parse_moment(text + " Z") : parse_moment(text);
  for (const YAML::Node& submitter : submitters) {
    const std::string id = text_under(submitter, "sid"), name = text_under(submitter, "name"),
                      mail = text_under(submitter, "email");
    found.all.push_back({.id = file_name_of(!id.empty()     ? id
                                            : !mail.empty() ? mail
                                                            : name),
                         .name = name,
                         .labels = {id, mail, name},
                         .place = root / submission,
                         .shown = submission,
                         .handed_in = at});
  }
}

}  // namespace

void read_gradescope(const fs::path& root, HandIns& found) {
  YAML::Node metadata;
  try {
    metadata = YAML::LoadFile((root / kGradescopeMetadata).string());
  } catch (const YAML::Exception& error) {
    throw broken(fmt::format("{} cannot be read: {}.", (root / kGradescopeMetadata).string(), error.what()));
  }
  if (!metadata.IsMap())
    throw broken(fmt::format("{} lists no submissions.", (root / kGradescopeMetadata).string()));
  for (const auto& entry : metadata) {
    const std::string submission = entry.first.Scalar();
    if (fs::path(submission).filename() != submission || !fs::exists(root / submission))
      found.problems.push_back(note("{} was skipped: there is no such folder.", submission));
    else if (entry.second.IsMap())
      take(root, submission, entry.second, found);
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(root))
    if (!is_junk(entry.path()) && entry.path().filename() != kGradescopeMetadata &&
        !metadata[entry.path().filename().string()])
      found.problems.push_back(note("{} was skipped: {} does not name it.", entry.path().filename().string(),
                                    kGradescopeMetadata));
}

}  // namespace corokit::moulinette
