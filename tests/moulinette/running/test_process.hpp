#pragma once
#include "exercise/spec.hpp"
#include "process/process.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A program that is linked with the specified tests, and where it runs.
struct TestProgram {
  std::filesystem::path executable;
  std::filesystem::path folder;  // the current directory of its processes
  LimitsSpec limits;
  bool sanitized = false;  // such a program is slow, and a limit of its address space would break it
  bool trusted = false;    // it is the kit's own, and runs outside of the sandbox
  /// What an explorer loads and quotes; it is none if this is empty.
  std::vector<std::filesystem::path> explored = {};
};

/// What a process of a TestProgram is to do.
struct TestOrder {
  std::vector<std::string> arguments;
  std::uint64_t seed = 1;            // of the run
  std::chrono::milliseconds part{};  // processor time of one part under one schedule
  std::chrono::milliseconds wall{};  // of the whole
  std::size_t report = 64U << 10U;   // bytes of what it sends that are kept
  std::size_t file = 1U << 20U;      // bytes of a file that it writes, at most
};

/// How a process of a TestProgram ended, and the secret with which its lines begin.
struct TestEnded {
  Finished finished;
  std::string secret;
};

TestEnded run_test_process(const TestProgram& program, const TestOrder& order, const Interrupt& interrupt);

}  // namespace corokit::moulinette
