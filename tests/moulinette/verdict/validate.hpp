#pragma once
#include "verdict/expectations.hpp"
#include "verdict/limits.hpp"
#include "verdict/session.hpp"

#include <map>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One row of the kill matrix.
struct Row {
  Role role = Role::reference;
  WrongHeader header;  // of a wrong implementation
  Graded graded;
  std::vector<std::string> unmet;  // which expectations do not hold, in sentences
  std::string file = {};           // relative to the root of the repository
  std::string patch = {};          // of an implementation that is a patch of a right one
  std::string source = {};         // the file that it is a patch of, or its own
};

/// The result of `validate` for one exercise.
struct Validated {
  std::string exercise;
  std::vector<Row> rows;
  std::vector<std::string> roster;  // what is wrong with the roster itself, in sentences
  bool interrupted = false;
  std::size_t times = 1;                 // how often each verdict was reached
  std::vector<std::string> unequal;      // tests whose outcome changed, in sentences
  std::vector<LimitUse> uses = {};       // what right solutions take of the limits; of a rung nothing
  std::vector<std::string> limits = {};  // what is wrong with the limits, in sentences
  std::map<std::string, std::string> sources = {};  // the texts of the files that the rows name

  bool ok() const noexcept;
};

/// Runs every test on every implementation of the roster and on the stub, `times` times. An outcome that changes is not
/// as expected.
Validated validate(Session& session, std::size_t times);

/// What is wrong with the roster before anything runs: files that are missing, headers that cannot be read or name
/// unknown tests, and files beside the wrong implementations that the roster does not name.
std::vector<std::string> check_roster(const Session& session);

}  // namespace corokit::moulinette
