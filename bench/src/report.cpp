#include "report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace corokit::bench {
namespace {

using nlohmann::json;

std::string number(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size >= 1e6) return fmt::format("{:.3g}M", value / 1e6);
  if (size >= 100 || value == 0) return fmt::format("{:.0f}", value);
  return fmt::format("{:.{}f}", value, size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

void print_rows(std::string& text, const std::string& corner, const std::vector<std::string>& columns,
                const std::vector<Series>& rows) {
  std::size_t first = corner.size();
  for (const Series& row : rows) first = std::max(first, row.name.size());
  std::vector<std::size_t> widths;
  for (const std::string& column : columns) widths.push_back(std::max<std::size_t>(column.size(), 7));
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "  {:{}}", corner, first);
  for (std::size_t i = 0; i < columns.size(); ++i) fmt::format_to(out, "  {:>{}}", columns[i], widths[i]);
  text += '\n';
  for (const Series& row : rows) {
    fmt::format_to(out, "  {:{}}", row.name, first);
    for (std::size_t i = 0; i < row.values.size(); ++i)
      fmt::format_to(out, "  {:>{}}", number(row.values[i]), widths.at(i));
    text += '\n';
  }
}

json to_object(const std::vector<Series>& all) {
  json list = json::array();
  for (const Series& series : all) {
    json values = json::array();
    for (const double value : series.values) values.push_back(std::isfinite(value) ? json(value) : json());
    list.push_back({{"name", series.name}, {"values", std::move(values)}});
  }
  return list;
}

json to_object(const Figure& figure) {
  return {{"title", figure.title},
          {"lesson", figure.lesson},
          {"form", figure.form == Figure::Form::bars ? "bars" : "lines"},
          {"x_title", figure.x_title},
          {"x", figure.x},
          {"y_title", figure.y_title},
          {"log_y", figure.log_y},
          {"series", to_object(figure.series)}};
}

json to_object(const Report& report) {
  json parts = json::array();
  for (const Part& part : report.parts) {
    json figures = json::array(), tables = json::array();
    for (const Figure& figure : part.figures) figures.push_back(to_object(figure));
    for (const Table& table : part.tables)
      tables.push_back({{"title", table.title}, {"columns", table.columns}, {"rows", to_object(table.rows)}});
    parts.push_back({{"title", part.title}, {"intro", part.intro}, {"figures", figures}, {"tables", tables}});
  }
  return {{"title", report.title},
          {"about", report.about},
          {"command", report.command},
          {"how", report.how},
          {"parts", parts}};
}

void put(std::string& page, const std::string& place, const std::string& what) {
  const std::size_t at = page.find(place);
  if (at == std::string::npos) throw std::invalid_argument("the page has no place " + place);
  page.replace(at, place.size(), what);
}

}  // namespace

std::string to_text(const Report& report) {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const Part& part : report.parts) {
    fmt::format_to(out, "{}\n{}\n{}\n", part.title, std::string(part.title.size(), '='), part.intro);
    for (const Figure& figure : part.figures) {
      fmt::format_to(out, "\n{} [{}]\n", figure.title, figure.y_title);
      print_rows(text, figure.x_title, figure.x, figure.series);
      fmt::format_to(out, "  > {}\n", figure.lesson);
    }
    for (const Table& table : part.tables) {
      fmt::format_to(out, "\n{}\n", table.title);
      print_rows(text, "", table.columns, table.rows);
    }
    text += '\n';
  }
  return text + report.how + '\n';
}

std::string to_json(const Report& report) {
  return to_object(report).dump(2);
}

std::string to_html(const Report& report, std::string page, const std::string& chart_library) {
  std::string data = to_object(report).dump();
  // The data must not contain `</script`, which ends the script element around it.
  for (std::size_t at = 0; (at = data.find('<', at)) != std::string::npos;) data.replace(at, 1, "\\u003c");
  put(page, "/* the charting library */", chart_library);
  put(page, "/* the report */", data);
  return page;
}

}  // namespace corokit::bench
