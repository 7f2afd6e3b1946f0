#pragma once
#include "platforms/shown.hpp"

#include <string>

// The formats, one function for each kind of report that one is made of. A report is valid by report.schema.json, and
// UTF-8. Each says which document it follows; their schemas are in schemas/.
namespace corokit::moulinette {

/// Gradescope's results.json. Source: Gradescope, "Autograder Specifications".
std::string gradescope(const nlohmann::ordered_json& graded, const PlatformOptions& options);

/// What an Autolab autograder prints: the feedback, the line of "semantic" feedback, and the line with the scores.
/// Source: Autolab, "Guide for Lab Authors" and "Formatted Feedback".
std::string autolab(const nlohmann::ordered_json& graded, const PlatformOptions& options);

/// PrairieLearn's results.json. Source: PrairieLearn, "External Grading".
std::string prairielearn(const nlohmann::ordered_json& graded, const PlatformOptions& options);

/// The results.json of an Exercism test runner, in its version 3. Source: Exercism, "The Test Runner Interface".
std::string exercism(const nlohmann::ordered_json& graded, const PlatformOptions& options);

/// What a grader hands on to GitHub Classroom's autograding reporter: JSON in base64, in one line.
/// Source: GitHub Classroom, the sources of autograding-grading-reporter.
std::string classroom(const nlohmann::ordered_json& graded, const PlatformOptions& options);

/// JUnit XML, as Ant's and Jenkins' schemas have it both: a suite, in which a test or an implementation is a case.
std::string junit_of_graded(const nlohmann::ordered_json& graded, const PlatformOptions& options);
std::string junit_of_validated(const nlohmann::ordered_json& validated, const PlatformOptions& options);
std::string junit_of_mutated(const nlohmann::ordered_json& mutated, const PlatformOptions& options);

/// What the compiler, the norm and the explorer say of lines of the solution. Source: OASIS, SARIF 2.1.0.
std::string sarif(const nlohmann::ordered_json& graded, const PlatformOptions& options);

/// The mutation testing report, in version 2 of its schema. Source: Stryker, mutation-testing-report-schema.
std::string mutation_of_validated(const nlohmann::ordered_json& validated, const PlatformOptions& options);
std::string mutation_of_mutated(const nlohmann::ordered_json& mutated, const PlatformOptions& options);

/// Throws: Error if mutation-testing-elements, which draws the page, is not there.
void require_page_program();

/// The same as one page, which opens without a network. Throws: Error if mutation-testing-elements is not there.
std::string mutation_page_of_validated(const nlohmann::ordered_json& validated,
                                       const PlatformOptions& options);
std::string mutation_page_of_mutated(const nlohmann::ordered_json& mutated, const PlatformOptions& options);

}  // namespace corokit::moulinette
