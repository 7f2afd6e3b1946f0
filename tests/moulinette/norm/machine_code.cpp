#include "norm/machine_code.hpp"

#include "building/elf_file.hpp"
#include "error.hpp"
#include "norm/plain_name.hpp"
#include "process/process.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace corokit::moulinette {
namespace {

using Text = std::string_view;

bool is_ordinary(const std::string& section, bool sanitized) {
  constexpr std::array<Text, 16> kOrdinary{".text",       ".text.*", ".rodata",   ".rodata.*",
                                           ".data",       ".data.*", ".bss",      ".bss.*",
                                           ".tdata*",     ".tbss*",  ".eh_frame", ".note.*",
                                           ".init_array", ".ltext*", ".lrodata*", ".gcc_except_table*"};
  const auto is_like = [&section](Text pattern) { return matches(pattern, section); };
  if (std::ranges::any_of(kOrdinary, is_like)) return true;
  constexpr std::array<Text, 4> kOfSanitizers{".init_array.*", ".fini_array*", "asan_*", "__san*"};
  return sanitized && std::ranges::any_of(kOfSanitizers, is_like);
}

/// Writes the instructions of some sections of an object file. Names stay mangled: a readable one may be larger than any
/// memory, and would stand at each jump.
///
/// Returns: whether the code is small enough for that. An ordinary solution is, by far.
bool disassemble(const std::filesystem::path& object, const std::set<std::string>& sections,
                 const std::filesystem::path& text, const Interrupt& interrupt) {
  constexpr std::size_t kMostSections = 1000;
  if (sections.size() > kMostSections) return false;
  std::vector<std::string> argv{
      "/bin/sh",
      "-c",
      R"(object=$1 text=$2; shift 2; exec objdump -d --no-show-raw-insn "$@" "$object" >"$text")",
      "sh",
      object.string(),
      text.string()};
  // Each section begins at the address 0. The time that objdump takes to name an address grows with their number.
  for (const std::string& section : sections) argv.push_back("--section=" + section);
  const Finished finished = run_process({.argv = std::move(argv)},
                                        {.wall = std::chrono::seconds(60),
                                         .cpu = std::chrono::seconds(10),
                                         .memory = std::size_t{1} << 30U,
                                         .file = 64U << 20U},
                                        interrupt);
  using How = Finished::How;
  const bool lacks_memory =
      finished.how == How::exited && finished.output.find("memory") != std::string::npos;
  if (finished.how == How::signalled || finished.how == How::out_of_time || lacks_memory) return false;
  if (!finished.succeeded())
    throw broken(fmt::format("objdump, of the package binutils, cannot read {}: {}", object.string(),
                             finished.output));
  return true;
}

/// Returns: the functions that call the system, mangled.
std::vector<std::string> system_calls(std::istream&& lines) {
  constexpr std::array<Text, 4> kCalls{"syscall", "sysenter", "int    $0x80", "svc\t"};
  std::vector<std::string> functions;
  std::string function;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t name = line.find('<');
    if (line.ends_with(">:") && name != std::string::npos)
      function = line.substr(name + 1, line.size() - name - 3);
    const std::size_t tab = line.find('\t');
    const Text instruction = tab == std::string::npos ? Text() : Text(line).substr(tab + 1);
    const bool calls = std::ranges::any_of(kCalls, [&](Text call) { return instruction.starts_with(call); });
    if (calls && std::ranges::find(functions, function) == functions.end()) functions.push_back(function);
  }
  return functions;
}

/// The findings in sections that may call the system.
std::vector<NormFinding> check_calls(const std::filesystem::path& object,
                                     const std::set<std::string>& sections, const Interrupt& interrupt) {
  const std::filesystem::path text = object.string() + ".s";
  if (!disassemble(object, sections, text, interrupt))
    return {{.symbol = "the machine code",
             .why = "is too large to be checked for calls of the system",
             .rule = "system_calls",
             .replacement = "write less code, in fewer templates"}};
  const std::vector<std::string> functions = system_calls(std::ifstream(text));
  const std::vector<std::optional<std::string>> names = demangled(functions);
  std::vector<NormFinding> findings;
  for (std::size_t i = 0; i < functions.size(); ++i)
    findings.push_back({.symbol = names[i].value_or(cut_to_line(functions[i])),
                        .why = "calls the system by an instruction of its own",
                        .rule = "system_calls"});
  return findings;
}

}  // namespace

bool may_call_system(int machine, Text code) noexcept {
  if (machine == EM_AARCH64) {
    for (std::size_t i = 0; i + 4 <= code.size(); i += 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, code.data() + i, sizeof word);
      if ((word & 0xffe0'001fU) == 0xd400'0001U) return true;  // svc
    }
    return false;
  }
  constexpr std::array<Text, 3> kCalls{"\x0f\x05", "\x0f\x34", "\xcd\x80"};  // syscall, sysenter, int 0x80
  return std::ranges::any_of(kCalls, [code](Text call) { return code.find(call) != Text::npos; });
}

std::vector<NormFinding> check_machine_code(const std::filesystem::path& object, bool sanitized,
                                            const Interrupt& interrupt) {
  std::vector<NormFinding> findings;
  std::set<std::string> suspicious;  // sections
  ElfFile file(object, ElfFile::Access::read);
  file.for_each_section([&](Elf* elf, Elf_Scn* section, const GElf_Shdr& header) {
    if ((header.sh_flags & SHF_ALLOC) == 0) return;
    std::size_t names = 0;
    elf_getshdrstrndx(elf, &names);
    const char* text = elf_strptr(elf, names, header.sh_name);
    const std::string name = text ? text : "";
    if (!is_ordinary(name, sanitized))
      findings.push_back(
          {.symbol = name, .why = "is a section that no compiler makes of plain C++", .rule = "sections"});
    GElf_Ehdr head;
    const Elf_Data* data = elf_rawdata(section, nullptr);
    if ((header.sh_flags & SHF_EXECINSTR) == 0 || !data || !data->d_buf || !gelf_getehdr(elf, &head)) return;
    if (may_call_system(head.e_machine, {static_cast<const char*>(data->d_buf), data->d_size}))
      suspicious.insert(name);
  });
  if (suspicious.empty()) return findings;
  for (NormFinding& finding : check_calls(object, suspicious, interrupt))
    findings.push_back(std::move(finding));
  return findings;
}

std::vector<NormFinding> check_start(const std::filesystem::path& object, const std::vector<Symbol>& symbols,
                                     const NormRules& rules) {
  const NormRule* rule = rules.find("before_main");
  const auto is_of_streams = [](const Symbol& symbol) { return symbol.name == "_ZNSt8ios_base4InitC1Ev"; };
  if (!rule || std::ranges::any_of(symbols, is_of_streams)) return {};
  bool has_any = false;
  ElfFile file(object, ElfFile::Access::read);
  file.for_each_section([&](Elf* elf, Elf_Scn*, const GElf_Shdr& header) {
    std::size_t names = 0;
    elf_getshdrstrndx(elf, &names);
    const char* name = elf_strptr(elf, names, header.sh_name);
    has_any = has_any || (name && Text(name).starts_with(".init_array"));
  });
  if (!has_any) return {};
  return {{.symbol = "a global", .why = rule->why, .rule = rule->name, .replacement = rule->replacement}};
}

}  // namespace corokit::moulinette
