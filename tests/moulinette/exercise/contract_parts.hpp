#pragma once
#include "exercise/contract.hpp"
#include "exercise/schema.hpp"
#include "exercise/spec.hpp"

#include <string>
#include <utility>
#include <vector>

namespace corokit::moulinette {

/// An exercise whose spec.json is sound by itself, while check_contract() compares it with its tree.
class ContractCheck {
 public:
  ContractCheck(std::filesystem::path root, std::string exercise, JsonFile file);

  // Each adds what does not hold.
  void prerequisites();
  void prototype();
  void norm();
  void fuzzing();
  void tests();
  void roster();

  std::vector<Fault> take_faults() { return std::move(faults_); }

 private:
  std::filesystem::path folder() const { return root_ / "exercises" / exercise_; }
  void add(const std::filesystem::path& file, int line, std::string sentence);
  /// Adds a fault of spec.json.
  void add_to_spec(const JsonPlace& place, std::string sentence);
  /// Adds a fault that an Error has named by "FILE:LINE: sentence".
  void add_error(const std::filesystem::path& file, const std::string& message);

  void prerequisites_of_headers();
  void defined_tests();
  void hidden_tests();
  std::vector<std::string> expand(const JsonPlace& place, const std::string& pattern);
  void wrong_header(const std::string& file);
  void patch(const std::string& file, const std::vector<std::string>& right);
  void unnamed_files(const std::vector<std::string>& named);

  std::filesystem::path root_;
  std::string exercise_;
  JsonFile file_;
  Spec spec_;
  std::vector<Fault> faults_;
};

/// Returns: the place of a test or a part of one in spec.json, as a path to its name.
JsonPlace place_of_test(const nlohmann::json& spec, const std::string& name);

}  // namespace corokit::moulinette
