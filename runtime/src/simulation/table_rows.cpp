#include "table_rows.hpp"

#include "terminal_text.hpp"

#include <algorithm>
#include <utility>

namespace corokit::explorer {
namespace {

std::string values_of(const Recording::Step& step) {
  std::string text;
  for (const auto& [name, value] : step.values) {
    text += (text.empty() ? "" : ", ") + printable(name) + " = " + printable(value);
  }
  return text;
}

}  // namespace

std::size_t Paragraph::natural_width() const {
  return indent + columns(text) + (before.empty() ? 0 : columns(before) + 2);
}

TableRows::TableRows(const Recording& recording, std::vector<std::size_t> lanes, bool is_list,
                     std::size_t most)
    : recording_(recording), lanes_(std::move(lanes)), is_list_(is_list) {
  if (recording_.steps.empty()) add_across({{"", "no steps", Ink::faint}});
  add(fold_repetitions(recording_), most);
  add_gap(recording_.steps.size());
  add_finding();
}

std::vector<std::string> TableRows::header() const {
  if (is_list_) return {"who", "what"};
  std::vector<std::string> names;
  for (const std::size_t lane : lanes_) names.push_back(lane_name(recording_, lane));
  return names;
}

TableRow& TableRows::add_row(std::size_t lane, TableCell cell) {
  const auto column = static_cast<std::size_t>(std::ranges::find(lanes_, lane) - lanes_.begin());
  return rows_.emplace_back(TableRow{"", "", false, "", is_list_ ? 1 : column, std::move(cell), false});
}

void TableRows::add_across(TableCell cell) {
  rows_.push_back({"", "", false, "", is_list_ ? std::size_t{1} : 0, std::move(cell), true});
}

void TableRows::add(const std::vector<Stretch>& stretches, std::size_t most) {
  std::size_t all = 0;
  for (const Stretch& stretch : stretches) all += stretch.count;
  const std::size_t first = most / 4;
  std::size_t before = 0;  // how many steps came
  std::size_t left_out = 0;
  for (const Stretch& stretch : stretches) {
    const bool about_finding = std::ranges::count(recording_.broken_at, stretch.first) > 0;
    const bool drawn = all <= most || before < first || before + (most - first) >= all || about_finding;
    before += stretch.count;
    if (!drawn) left_out += stretch.count * (stretch.more + 1);
    if (drawn && left_out > 0) add_left_out(std::exchange(left_out, 0));
    if (drawn) add(stretch);
  }
}

void TableRows::add(const Stretch& stretch) {
  const std::size_t again = stretch.first + stretch.count;
  bool in_one_lane = true;
  for (std::size_t place = stretch.first; place < again; ++place) {
    add_step(place);
    in_one_lane = in_one_lane && step(place).lane == step(stretch.first).lane;
  }
  if (stretch.more == 0) return;
  add_switch(again);
  std::string text = stretch.count == 1 ? "(" : "(these " + std::to_string(stretch.count) + " steps ";
  text += std::to_string(stretch.more) + (stretch.more == 1 ? " more time)" : " more times)");
  if (in_one_lane) {
    add_row(step(again).lane, {{"", text, Ink::faint}});
  } else {
    add_across({{"", text, Ink::faint}});
  }
}

void TableRows::add_switch(std::size_t place) {
  if (place == 0 || step(place).switched.empty()) return;
  if (step(place - 1).operation.starts_with(step(place).switched)) return;  // that says it
  if (recording_.left_out > 0 && place == recording_.left_out_at) return;   // who stopped is not known
  add_row(step(place - 1).lane, {{"", "(" + printable(step(place).switched) + ")", Ink::faint}});
}

void TableRows::add_gap(std::size_t before) {
  if (recording_.left_out == 0 || recording_.left_out_at != before) return;
  add_left_out(recording_.left_out);
}

void TableRows::add_left_out(std::size_t count) {
  const std::string steps = count == 1 ? " step is" : " steps are";
  add_across({{"", "… " + std::to_string(count) + steps + " left out …", Ink::faint}});
}

void TableRows::add_step(std::size_t place) {
  add_gap(place);
  add_switch(place);
  const Recording::Step& what = step(place);
  TableCell cell;
  std::string source = printable(what.source);
  source.erase(0, source.find_first_not_of(' '));
  if (!what.place.empty() || !source.empty()) cell.push_back({printable(what.place), source});
  if (!what.operation.empty()) {
    cell.push_back({"", printable(what.operation), Ink::faint, cell.empty() ? std::size_t{0} : 2});
  }
  const std::string values =
      recording_.in_virtual_time ? values_of(what) : "";  // of threads, the operation says it
  if (!values.empty()) cell.push_back({"", values, Ink::plain, 2});
  TableRow& row = add_row(what.lane, std::move(cell));
  row.step = std::to_string(recording_.number(place));
  if (is_list_) row.who = lane_name(recording_, what.lane);
  if (place == 0 || step(place - 1).time != what.time) row.time = time_text(what.time);
  row.marked = std::ranges::count(recording_.broken_at, place) > 0;
}

void TableRows::add_finding() {
  if (recording_.finding.empty()) return;
  TableCell cell;
  for (std::string& line : printable_lines(recording_.finding)) {
    cell.push_back({"", std::move(line), Ink::bad, 0, SIZE_MAX});
  }
  if (recording_.broken_at.empty() || recording_.broken_at.back() >= recording_.steps.size()) {
    add_across(std::move(cell));
  } else {
    const std::size_t lane = step(recording_.broken_at.back()).lane;
    add_row(lane, std::move(cell)).who = is_list_ ? lane_name(recording_, lane) : "";
  }
  rows_.back().marked = true;
}

}  // namespace corokit::explorer
