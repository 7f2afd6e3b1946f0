#pragma once
#include "class/file_grader.hpp"
#include "process/interrupt.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One file to grade, which one or several students have handed in.
struct FileJob {
  std::string content;  // its digest
  std::filesystem::path source;
  std::string shown;  // as it is called in progress and events
};

/// Called with each event of a run, one after another: a JSON object whose "event" is "started", "graded" or "known" (then
/// it has verdict, score and seconds), "failed" (with a message) or "interrupted".
using ClassEvent = std::function<void(const nlohmann::ordered_json&)>;
/// Called with each file's result, on any thread, several at once. A file of which it throws an Error
/// is not graded.
using FileGraded = std::function<void(const FileJob&, const nlohmann::ordered_json& graded)>;

/// Grades files as tasks of a MatrixOrchestrator, at most `at_once` at a time; its broadcast carries the events, and the
/// interrupt is its cancel(). No result stays in memory but the summaries.
///
/// Returns: the summaries by content; those that the interrupt came before are missing.
std::map<std::string, FileSummary> run_class(const FileGrader& grader, const std::vector<FileJob>& jobs,
                                             std::size_t at_once, Interrupt& interrupt,
                                             const ClassEvent& event, const FileGraded& graded);

}  // namespace corokit::moulinette
