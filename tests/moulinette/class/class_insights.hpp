#pragma once
#include "class/class_result.hpp"
#include "exercise/spec.hpp"

#include <map>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// How one test went in the class.
struct TestTally {
  std::string name;
  int points = 0;
  std::size_t passed = 0;  // of those that were played
  std::size_t played = 0;
  std::map<std::string, std::size_t> failed_as;  // outcome, and how often
};

/// A wrong solution that the kit knows, and those whose hand-ins behave like it.
struct Mistake {
  std::string name;  // of the mutant
  std::string wrong;
  std::string plausible;
  std::vector<std::string> students;  // ids
};

/// A part of a test that breaks often: what should be taught again.
struct Lesson {
  std::string test;
  std::string part;                   // is `test` for its first part
  std::string what;                   // the behaviour that it checks
  std::string trap;                   // the mistake that it finds; empty for the first part
  std::vector<std::string> students;  // ids of those who break it
};

/// What the results of a class say together.
struct ClassInsights {
  std::size_t handed_in = 0;
  std::size_t graded = 0;  // with a verdict on a program
  std::size_t passed = 0;
  std::size_t late = 0;
  std::map<std::string, std::size_t> verdicts;
  double mean = 0;  // of the scores of those who have handed in
  double median = 0;
  std::vector<std::size_t> histogram;  // of scores: tenths of the maximum, and last those who have all
  std::vector<TestTally> tests;        // in the order of the exercise's
  std::vector<Mistake> mistakes;       // the most frequent first
  std::size_t failing = 0;             // hand-ins that fail a test, whether they pass or not
  std::size_t unlike = 0;              // those of them that resemble no known mistake
  bool knows_mistakes = false;         // whether the kit's wrong solutions were built, to be compared
  std::vector<Lesson> lessons;         // those that break most often first; at most three
};

/// Adds up the results. The words for a mistake are in the header of the mutant, which the manifest names.
ClassInsights class_insights(const ClassResult& result, const Spec& spec, const Manifest& manifest);

}  // namespace corokit::moulinette
