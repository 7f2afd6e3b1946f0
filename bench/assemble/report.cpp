#include "report.hpp"

#include <fmt/color.h>
#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace assemble {
namespace {

std::string in(fmt::terminal_color colour, const std::string& text, bool colours) {
  return colours ? fmt::format(fmt::fg(colour), "{}", text) : text;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::size_t columns(double value, double per_column) {
  return static_cast<std::size_t>(std::lround(std::max(0.0, value / per_column)));
}

/// What becomes of an agent by what the demo says of it.
void add_event(Shift& shift, double at, const std::string& who, std::string_view what) {
  auto agent = std::find_if(shift.agents.begin(), shift.agents.end(),
                            [&](const auto& each) { return each.first == who; });
  const auto next = [&](Span::Kind kind) {
    agent->second.back().end = at;
    agent->second.push_back({kind, at, at});
  };
  if (what == "picks up a phone") {
    shift.agents.push_back({who, {{Span::Kind::waits, 0, at}, {Span::Kind::is_in, at, at}}});
  } else if (agent != shift.agents.end() && what.starts_with("is asked to stop")) {
    next(Span::Kind::leaves);
  } else if (agent != shift.agents.end()) {
    agent->second.back().end = at;
  }
  shift.end = std::max(shift.end, at);
}

std::string comparison(const Report& report, const Figure& figure) {
  const double ratio = figure.corokit / figure.mini;
  if (ratio > 0.95 && ratio < 1.05) return "both take the same time";
  return ratio > 1
             ? fmt::format("{} {:.1f} times as fast", report.yours() > 0 ? "yours is" : "mini is", ratio)
             : fmt::format("corokit is {:.1f} times as fast", 1 / ratio);
}

}  // namespace

std::size_t Report::yours() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(rungs.begin(), rungs.end(), [](const Rung& rung) { return rung.is_yours; }));
}

std::size_t Report::lines() const noexcept {
  std::size_t sum = 0;
  for (const Rung& rung : rungs) sum += rung.lines;
  return sum;
}

std::vector<Rung> rungs_from(std::string_view text) {
  std::vector<Rung> rungs;
  std::istringstream in{std::string(text)};
  std::string name, source;
  for (std::size_t lines = 0; in >> name >> source >> lines;)
    rungs.push_back({name, source == "yours", lines});
  return rungs;
}

std::vector<Shift> shifts_from(std::string_view events) {
  std::vector<Shift> shifts;
  std::istringstream in{std::string(events)};
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find('\t');
    if (line.starts_with("shift\t")) {
      shifts.push_back({line.substr(first + 1), {}, 0});
      continue;
    }
    const std::size_t second = line.find('\t', first + 1);
    if (second == std::string::npos || shifts.empty())
      throw std::runtime_error("the demo told something else: " + line);
    add_event(shifts.back(), std::stod(line), line.substr(first + 1, second - first - 1),
              line.substr(second + 1));
  }
  return shifts;
}

std::string drawing_of(const Shift& shift, bool colours) {
  constexpr double kPerColumn = 20;
  std::string text = fmt::format("  {:<18} 0 ms", "");
  for (double at = 200; at <= shift.end; at += 200)
    text += fmt::format("{:>{}}", fmt::format("{:.0f} ms", at), at == 200 ? 12 : 10);
  text += '\n';
  for (const auto& [name, spans] : shift.agents) {
    text += fmt::format("  {:<18} ", name);
    std::size_t drawn = 0;
    for (const Span& span : spans) {
      const std::size_t end = columns(span.end, kPerColumn);
      const std::size_t width = end > drawn ? end - drawn : 0;
      drawn += width;
      switch (span.kind) {
        case Span::Kind::waits:
          text += in(fmt::terminal_color::bright_black, repeated("░", width), colours);
          break;
        case Span::Kind::is_in:
          text += in(fmt::terminal_color::green, repeated("█", width), colours);
          break;
        case Span::Kind::leaves:
          text += in(fmt::terminal_color::red, repeated("▒", width), colours);
          break;
      }
    }
    text += '\n';
  }
  return text + "  ░ waits for a phone   █ is in" +
         (text.find("▒") == std::string::npos ? "\n" : "   ▒ looks for an exit\n");
}

std::string bars_of(const Report& report, bool colours) {
  constexpr double kWidth = 36;
  std::string text;
  for (const Figure& figure : report.figures) {
    const double per_column = std::max(figure.mini, figure.corokit) / kWidth;
    const auto bar = [&](fmt::terminal_color colour, double value) {
      const std::size_t width = std::max<std::size_t>(1, columns(value, per_column));
      return in(colour, repeated("█", width), colours) +
             std::string(static_cast<std::size_t>(kWidth) - width, ' ');
    };
    text += fmt::format("  {:<16} {:<8} {} {:>5.0f} ns   {}\n", figure.workload,
                        report.yours() > 0 ? "yours" : "mini", bar(fmt::terminal_color::green, figure.mini),
                        figure.mini, comparison(report, figure));
    text += fmt::format("  {:<16} {:<8} {} {:>5.0f} ns\n", "", "corokit",
                        bar(fmt::terminal_color::blue, figure.corokit), figure.corokit);
  }
  return text;
}

std::string page_of(const Report& report, std::string page) {
  nlohmann::json data;
  for (const Rung& rung : report.rungs)
    data["rungs"].push_back({{"name", rung.name}, {"is_yours", rung.is_yours}, {"lines", rung.lines}});
  for (const Shift& shift : report.shifts) {
    nlohmann::json agents = nlohmann::json::array();
    for (const auto& [name, spans] : shift.agents) {
      nlohmann::json row = nlohmann::json::array();
      for (const Span& span : spans)
        row.push_back({{"kind", static_cast<int>(span.kind)}, {"begin", span.begin}, {"end", span.end}});
      agents.push_back({{"name", name}, {"spans", row}});
    }
    data["shifts"].push_back({{"title", shift.title}, {"end", shift.end}, {"agents", agents}});
  }
  for (const Figure& figure : report.figures) {
    data["figures"].push_back({{"workload", figure.workload},
                               {"mini", figure.mini},
                               {"corokit", figure.corokit},
                               {"comparison", comparison(report, figure)}});
  }
  data["runs"] = report.runs;
  std::string text = data.dump();
  // The data must not contain `</script`, which ends the script element around it.
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) text.replace(at, 1, "\\u003c");
  constexpr std::string_view kPlace = "/* the report */";
  const std::size_t place = page.find(kPlace);
  if (place == std::string::npos) throw std::runtime_error("the page has no place for the report");
  return page.replace(place, kPlace.size(), text);
}

}  // namespace assemble
