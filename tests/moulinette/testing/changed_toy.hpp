#pragma once
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {

/// The toy's kit, with changes to its spec or manifest.
class ChangedToy : public testing::Test {
 protected:
  using Json = nlohmann::json;

  ChangedToy() { std::filesystem::copy(TOY "/exercise", folder_); }

  /// Writes the kit. Returns: the file that lists it, for --kit.
  std::string write_kit() const {
    write_text(folder_ / "spec.json", spec_.dump());
    write_text(folder_ / "manifest.json", manifest_.dump());
    Json kit = kit_;
    kit[0]["spec"] = (folder_ / "spec.json").string();
    kit[0]["manifest"] = (folder_ / "manifest.json").string();
    const std::filesystem::path file = folder_ / "kit.json";
    write_text(file, kit.dump());
    return file.string();
  }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
  const Json kit_ = Json::parse(read_text(TOY_KIT));
  Json spec_ = toy_json();
  Json manifest_ = Json::parse(read_text(kit_[0]["manifest"].get<std::string>()));
};

}  // namespace corokit::moulinette
