#pragma once
#include "verdict/expectations.hpp"
#include "verdict/session.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette {

/// One row of the kill matrix.
struct Row {
  Role role = Role::reference;
  WrongHeader header;  // of a wrong one
  Graded graded;
  std::vector<std::string> unmet;  // what was promised of it and does not hold
};

/// What `validate` found out about an exercise.
struct Validated {
  std::string exercise;
  std::vector<Row> rows;
  std::vector<std::string> roster;  // what is amiss with the roster itself
  bool interrupted = false;
  std::size_t times = 1;             // how often each test was played
  std::vector<std::string> unequal;  // tests that did not always end alike

  bool ok() const noexcept;
};

/// Plays every test against every implementation of the roster and against the stub, `times` times: all have to end
/// alike.
Validated validate(Session& session, std::size_t times);

/// What is wrong with the roster before anything runs: files that are missing, headers that cannot be read or name
/// unknown tests, and files beside the wrong implementations that the roster does not name.
std::vector<std::string> check_roster(const Session& session);

}  // namespace corokit::moulinette
