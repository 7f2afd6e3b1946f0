#include "command_line/reports.hpp"

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

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kOutput = "-";

std::string text_of(const std::string& file) {
  if (file == kOutput) return {std::istreambuf_iterator<char>(std::cin), {}};
  if (std::filesystem::is_directory(file))
    throw misuse(
        fmt::format("{} is a folder. Give one report: of a class, graded/ID.json of its results.", file));
  if (!std::filesystem::exists(file)) throw misuse(fmt::format("There is no file {}.", file));
  const auto text = std::filesystem::is_character_file(file) ? std::nullopt : read_if_possible(file);
  if (!text) throw misuse(fmt::format("{} cannot be read.", file));
  return *text;
}

Json read_report(const std::string& file) {
  constexpr std::size_t kSentences = 5;
  const std::string name = file == kOutput ? "standard input" : file;
  // What is nested more deeply is none of ours, and would exhaust the stack.
  const auto is_shallow = [&name](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    constexpr int kDepth = 100;
    if (depth > kDepth) throw misuse(fmt::format("{} is no report: it is nested too deeply.", name));
    return true;
  };
  Json report = Json::parse(text_of(file), is_shallow, false);
  if (report.is_discarded()) throw misuse(fmt::format("{} is no JSON.", name));
  if (report.contains("students"))
    throw misuse(
        fmt::format("{} is of a whole class. Give one report of it: graded/ID.json beside it.", name));
  const ReportKind kind = kind_of_report(report);
  std::vector<std::string> wrong = report_violations(report, kind, name);
  if (wrong.size() > kSentences) wrong.resize(kSentences);
  if (!wrong.empty()) throw misuse(fmt::format("{}", fmt::join(wrong, "\n")));
  return report;
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

int convert_command(Request request, bool language_is_asked, const std::string& file) {
  if (request.reports.empty())
    throw misuse("Say what it becomes, as in: ./moulinette convert FILE --report gradescope=results.json");
  const Json report = read_report(file);
  if (!language_is_asked && report.contains("language"))
    request.output.language = choose_language(report.at("language").get<std::string>());
  const Reports reports(request, kind_of_report(report));
  reports.write(report);
  if (!reports.take_output())
    for (const std::string& written : reports.files()) print(fmt::format("Wrote {}.\n", written));
  return 0;
}

}  // namespace corokit::moulinette
