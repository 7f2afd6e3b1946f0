#include "command_line/reports.hpp"

#include "class/class_result.hpp"
#include "command_line/command_parts.hpp"
#include "error.hpp"
#include "exercise/translation.hpp"
#include "platforms/formats.hpp"
#include "platforms/report_file.hpp"
#include "whole_file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <algorithm>
#include <ctime>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kOutput = "-";

std::string text_of(const std::string& file) {
  if (file == kOutput) return {std::istreambuf_iterator<char>(std::cin), {}};
  if (std::filesystem::is_directory(file))
    throw misuse(fmt::format(
        "{} is a folder. Give reports: of a class, class.json or graded/ID.json of its results.", file));
  if (!std::filesystem::exists(file)) throw misuse(fmt::format("There is no file {}.", file));
  const auto text = std::filesystem::is_character_file(file) ? std::nullopt : read_if_possible(file);
  if (!text) throw misuse(fmt::format("{} cannot be read.", file));
  return *text;
}

Json read_json_of(const std::string& file) {
  const std::string name = file == kOutput ? "standard input" : file;
  // What is nested more deeply is none of ours, and would exhaust the stack.
  const auto is_shallow = [&name](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    constexpr int kDepth = 100;
    if (depth > kDepth) throw misuse(fmt::format("{} is no report: it is nested too deeply.", name));
    return true;
  };
  Json report = Json::parse(text_of(file), is_shallow, false);
  if (report.is_discarded()) throw misuse(fmt::format("{} is no JSON.", name));
  return report;
}

/// Throws: Error unless it is a report.
void require_report(const Json& report, const std::string& file) {
  constexpr std::size_t kSentences = 5;
  const std::string name = file == kOutput ? "standard input" : file;
  const ReportKind kind = kind_of_report(report);
  std::vector<std::string> wrong = report_violations(report, kind, name);
  if (wrong.size() > kSentences) wrong.resize(kSentences);
  if (!wrong.empty()) throw misuse(fmt::format("{}", fmt::join(wrong, "\n")));
}

bool is_class(const Json& report) {
  return report.is_object() && report.contains("students");
}

/// Returns: the files that a class has graded, of which class.json says whose they are.
std::vector<std::string> graded_files(const std::filesystem::path& file) {
  std::vector<std::string> files;
  const std::filesystem::path folder = file.parent_path();
  for (const StudentResult& student : read_class(folder).students)
    if (const auto graded = folder / graded_file(student.id); std::filesystem::exists(graded))
      files.push_back(graded.string());
  if (files.empty()) throw misuse(fmt::format("{} has no graded hand-in.", file.string()));
  return files;
}

/// Returns: where a report of this file goes: "OUT/ann.gradescope.json".
std::string place_in(const std::filesystem::path& out, const std::string& file,
                     const PlatformFormat& format) {
  const std::filesystem::path ending = std::filesystem::path(format.file).extension();
  return (out / fmt::format("{}.{}{}", std::filesystem::path(file).stem().string(), format.name,
                            ending.empty() ? ".txt" : ending.string()))
      .string();
}

}  // namespace

Reports::Reports(const Request& request, ReportKind kind)
    : options_{.language = request.output.language,
               .release = request.release,
               .time = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::time(nullptr)))},
      kit_(request.kit) {
  for (const std::string& asked : request.reports) {
    const std::size_t sign = asked.find('=');
    const PlatformFormat* format = &find_format(asked.substr(0, sign));
    const std::string file = sign == std::string::npos ? std::string(format->file) : asked.substr(sign + 1);
    if (format->name == "mutation" && file.ends_with(".html")) format = &find_format("mutation-page");
    require_kind(*format, kind);
    if (file.empty()) throw misuse(fmt::format("--report {} names no file behind the \"=\".", asked));
    if (std::ranges::find(wanted_, file, &Wanted::file) != wanted_.end())
      throw misuse(
          fmt::format("Two reports would be written to {}: give each a file, as in --report {}=FILE.",
                      file == kOutput ? "standard output" : file, format->name));
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder))
      throw misuse(fmt::format("There is no folder {} for the report {}.", folder.string(), file));
    if (format->name == "mutation-page") require_page_program();
    wanted_.push_back({format, file});
  }
  if (take_output() && request.output.json)
    throw misuse("--json and a report on standard output exclude each other: give the report a file.");
}

bool Reports::take_output() const noexcept {
  return std::ranges::find(wanted_, kOutput, &Wanted::file) != wanted_.end();
}

std::vector<std::string> Reports::files() const {
  std::vector<std::string> files;
  for (const Wanted& one : wanted_) files.push_back(one.file);
  return files;
}

int Reports::status(int status) const noexcept {
  const bool has_verdict =
      std::ranges::any_of(wanted_, [](const Wanted& one) { return one.format->has_verdict; });
  return has_verdict ? 0 : status;
}

void Reports::write(Json report) const {
  if (options_.language == Language::french && kind_of_report(report) == ReportKind::graded)
    in_french(report);
  for (const Wanted& one : wanted_) {
    const std::string text = platform_report(*one.format, report, options_);
    if (one.file == kOutput) {
      print(text);
    } else {
      write_report_file(one.file, text);
    }
  }
}

/// Puts in what the kit at hand says of the exercise in French; a report on another exercise stays as it is.
void Reports::in_french(Json& report) const {
  const std::vector<Exercise> kit = load_kit(kit_);
  const auto exercise = std::ranges::find(kit, report.at("exercise").get<std::string>(), &Exercise::name);
  if (exercise != kit.end()) translate(report, load_spec(*exercise, Language::french));
}

namespace {

/// Writes the reports of one file.
std::vector<std::string> convert(Request request, const Conversion& conversion, const std::string& file,
                                 const Json& report) {
  require_report(report, file);
  if (!conversion.language_is_asked && report.contains("language"))
    request.output.language = choose_language(report.at("language").get<std::string>());
  if (!conversion.out.empty()) {
    for (std::string& asked : request.reports) {
      if (asked.find('=') != std::string::npos)
        throw misuse(
            fmt::format("--report {} names a file, and --out a folder: leave out one of them.", asked));
      asked += '=' + place_in(conversion.out, file, find_format(asked));
    }
  }
  const Reports reports(request, kind_of_report(report));
  reports.write(report);
  return reports.take_output() ? std::vector<std::string>() : reports.files();
}

}  // namespace

int convert_command(Request request, const Conversion& conversion) {
  if (request.reports.empty())
    throw misuse("Say what it becomes, as in: ./moulinette convert FILE --report gradescope=results.json");
  std::vector<std::string> files;
  std::vector<std::string> written;
  for (const std::string& file : conversion.files) {
    const Json report = read_json_of(file);
    if (conversion.files.size() == 1 && !is_class(report) && conversion.out.empty()) {
      for (const std::string& one : convert(request, conversion, file, report))
        print(fmt::format("Wrote {}.\n", one));
      return 0;
    }
    if (file == kOutput) throw misuse("Standard input is one report, and has no name: leave out --out.");
    if (conversion.out.empty())
      throw misuse("Say into which folder the reports go, one of each: --out FOLDER");
    if (!is_class(report)) {
      files.push_back(file);
      continue;
    }
    const std::vector<std::string> graded = graded_files(file);
    files.insert(files.end(), graded.begin(), graded.end());
  }
  std::error_code failed;
  std::filesystem::create_directories(conversion.out, failed);
  if (failed) throw broken(fmt::format("{} cannot be made: {}.", conversion.out, failed.message()));
  std::set<std::string> names;
  for (const std::string& file : files)
    if (!names.insert(std::filesystem::path(file).stem()).second)
      throw misuse(fmt::format("Two files are called {}, and so would be their reports.",
                               std::filesystem::path(file).filename().string()));
  for (const std::string& file : files)
    std::ranges::move(convert(request, conversion, file, read_json_of(file)), std::back_inserter(written));
  print(fmt::format("Wrote {} reports into {}: {}{}.\n", written.size(), conversion.out,
                    std::filesystem::path(written.front()).filename().string(),
                    written.size() > 1 ? " and others" : ""));
  return 0;
}

}  // namespace corokit::moulinette
