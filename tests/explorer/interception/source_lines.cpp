#include "source_lines.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <regex>

#include "image.hpp"

namespace corokit::model {
namespace {

/// Whether a file is none of the program's: what it does is what the line that uses it does.
bool of_library(const std::string& file) {
  return file.starts_with("/usr/") || file.ends_with("/explorer/program.hpp");
}

/// Returns: the path of a file that was compiled in a folder.
std::string path_in(const char* folder, const std::string& file) {
  return folder && !file.empty() && file.front() != '/' ? std::string(folder) + "/" + file : file;
}

/// Returns: the file of an inlined call.
std::string call_file(Dwarf_Die& cu, Dwarf_Die& inlined) {
  Dwarf_Attribute attribute;
  Dwarf_Word number = 0;
  Dwarf_Files* files = nullptr;
  if (dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_file, &attribute), &number) != 0) return "";
  if (dwarf_getsrcfiles(&cu, &files, nullptr) != 0) return "";
  const char* const name = dwarf_filesrc(files, number, nullptr, nullptr);
  Dwarf_Attribute folder;
  return name ? path_in(dwarf_formstring(dwarf_attr(&cu, DW_AT_comp_dir, &folder)), name) : "";
}

int call_line(Dwarf_Die& inlined) {
  Dwarf_Attribute attribute;
  Dwarf_Word line = 0;
  dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_line, &attribute), &line);
  return static_cast<int>(line);
}

bool has_code(Dwarf_Die& function) {
  return dwarf_hasattr(&function, DW_AT_low_pc) != 0 || dwarf_hasattr(&function, DW_AT_ranges) != 0;
}

std::string base_name(const std::string& file) {
  return file.substr(file.rfind('/') + 1);
}

}  // namespace

struct DebugLines::Inside {
  Dwfl_Callbacks callbacks{};
  Dwfl* dwfl = nullptr;
  Dwfl_Module* module = nullptr;
};

DebugLines::DebugLines(const Image& image)
    : image_(image), inside_(std::make_unique<Inside>()), known_(image.code_size()) {
  inside_->callbacks.find_elf = dwfl_build_id_find_elf;
  inside_->callbacks.find_debuginfo = dwfl_standard_find_debuginfo;
  inside_->callbacks.section_address = dwfl_offline_section_address;
  inside_->dwfl = dwfl_begin(&inside_->callbacks);
  dwfl_report_begin(inside_->dwfl);
  inside_->module = dwfl_report_elf(inside_->dwfl, "program", image.file().c_str(), -1, image.bias(), false);
  dwfl_report_end(inside_->dwfl, nullptr, nullptr);
  if (inside_->module) find_inlined();
}

void DebugLines::find_inlined() {
  Dwarf_Addr bias = 0;
  Dwarf_Die* cu = nullptr;
  while ((cu = dwfl_module_nextcu(inside_->module, cu, &bias)) != nullptr) {
    Dwarf_Die child;
    if (dwarf_child(cu, &child) != 0) continue;
    do {
      if (dwarf_tag(&child) == DW_TAG_subprogram && has_code(child)) add_inlined(*cu, child, bias, 0);
    } while (dwarf_siblingof(&child, &child) == 0);
  }
}

void DebugLines::add_inlined(Dwarf_Die& cu, Dwarf_Die& parent, std::uintptr_t bias, std::size_t depth) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) continue;
    if (tag == DW_TAG_inlined_subroutine) {
      Dwarf_Addr base = 0;
      Dwarf_Addr begin = 0;
      Dwarf_Addr end = 0;
      const Place caller{call_file(cu, child), call_line(child)};
      for (std::ptrdiff_t next = 0; (next = dwarf_ranges(&child, next, &base, &begin, &end)) > 0;)
        inlined_.push_back({begin + bias, end + bias, depth, caller});
    }
    add_inlined(cu, child, bias, depth + 1);
  } while (dwarf_siblingof(&child, &child) == 0);
}

DebugLines::~DebugLines() {
  dwfl_end(inside_->dwfl);
}

std::optional<DebugLines::Place> DebugLines::place(const void* return_address) const {
  if (!inside_->module) return {};
  const Dwarf_Addr address = reinterpret_cast<std::uintptr_t>(return_address) - 1;
  Place place;
  if (Dwfl_Line* line = dwfl_module_getsrc(inside_->module, address))
    if (const char* file = dwfl_lineinfo(line, nullptr, &place.line, nullptr, nullptr, nullptr))
      place.file = path_in(dwfl_line_comp_dir(line), file);
  if (place.file.empty()) return {};
  if (!of_library(place.file)) return place;
  std::size_t deepest = 0;
  const Place* caller = nullptr;
  for (const Inlined& inlined : inlined_) {
    if (address < inlined.begin || address >= inlined.end || of_library(inlined.caller.file)) continue;
    if (caller && inlined.depth <= deepest) continue;
    deepest = inlined.depth;
    caller = &inlined.caller;
  }
  return caller ? std::optional(*caller) : std::nullopt;
}

bool DebugLines::in_library(const void* return_address) noexcept {
  const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(return_address) - image_.code());
  if (offset >= known_.size()) return true;
  std::uint8_t& known = known_[offset];
  if (known == 0) known = place(return_address) ? 1 : 2;
  return known == 2;
}

const std::string& DebugLines::text(const Place& place) const {
  static const std::string none;
  const auto [lines, unknown] = files_.try_emplace(place.file);
  if (unknown) {
    std::ifstream file(place.file);
    for (std::string line; std::getline(file, line);) lines->second.push_back(line);
  }
  const auto number = static_cast<std::size_t>(place.line);
  return number >= 1 && number <= lines->second.size() ? lines->second[number - 1] : none;
}

std::optional<SourceLines::Line> DebugLines::line(const void* return_address) const {
  const auto found = place(return_address);
  if (!found) return {};
  return Line{base_name(found->file) + ":" + std::to_string(found->line), text(*found)};
}

std::string DebugLines::variable(const void* address, const void* return_address) const {
  if (image_.has_variable(address)) {
    GElf_Sym symbol;
    GElf_Off offset = 0;
    const char* const name = dwfl_module_addrinfo(inside_->module, reinterpret_cast<std::uintptr_t>(address),
                                                  &offset, &symbol, nullptr, nullptr, nullptr);
    if (name && offset < std::max<std::uint64_t>(symbol.st_size, 1)) return name;
  }
  const auto found = return_address ? place(return_address) : std::nullopt;
  if (!found) return "";
  // What an operation is called on, or what is assigned or increased.
  static const std::regex used(
      R"(([A-Za-z_]\w*)(?:\[[^\]]*\])?\s*(?:\.|->)\s*(?:load|store|exchange|fetch_|compare_exchange|test_and_set|clear|wait|notify|lock|unlock|try_lock)|)"
      R"((?:\+\+|--)\s*(?:[A-Za-z_]\w*\s*(?:\.|->)\s*)*([A-Za-z_]\w*)|([A-Za-z_]\w*)(?:\[[^\]]*\])?\s*(?:\+\+|--|[-+|&^]?=[^=]))");
  std::smatch match;
  const std::string& line = text(*found);
  if (!std::regex_search(line, match, used)) return "";
  for (std::size_t i = 1; i < match.size(); ++i)
    if (match[i].matched) return match[i];
  return "";
}

}  // namespace corokit::model
