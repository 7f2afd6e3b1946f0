#pragma once
#include "verdict/expectations.hpp"
#include "verdict/session.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette {

/// One row of the kill matrix.
struct Row {
  Role role = Role::reference;
  WrongHeader header;  // of a wrong implementation
  Graded graded;
  std::vector<std::string> unmet;  // which expectations do not hold, in sentences
};

/// The result of `validate` for one exercise.
struct Validated {
  std::string exercise;
  std::vector<Row> rows;
  std::vector<std::string> roster;  // what is wrong with the roster itself, in sentences
  bool interrupted = false;
  std::size_t times = 1;             // how often each verdict was reached
  std::vector<std::string> unequal;  // tests whose outcome changed, in sentences

  bool ok() const noexcept;
};

/// Runs every test on every implementation of the roster and on the stub, `times` times. An outcome that changes is not
/// as expected.
Validated validate(Session& session, std::size_t times);

/// What is wrong with the roster before anything runs: files that are missing, headers that cannot be read or name
/// unknown tests, and files beside the wrong implementations that the roster does not name.
std::vector<std::string> check_roster(const Session& session);

}  // namespace corokit::moulinette
