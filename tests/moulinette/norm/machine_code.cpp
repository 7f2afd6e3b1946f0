#include "norm/machine_code.hpp"

#include "building/elf_file.hpp"
#include "error.hpp"
#include "process/process.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>

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

/// The assembler text of an object file.
std::ifstream disassemble(const std::filesystem::path& object, const Interrupt& interrupt) {
  const std::string text = object.string() + ".s";
  const Finished finished = run_process(
      {.argv = {"/bin/sh", "-c", R"(objdump -d --no-show-raw-insn -C "$0" >"$1")", object.string(), text}},
      {.wall = std::chrono::seconds(60)}, interrupt);
  if (!finished.succeeded())
    throw broken(fmt::format("objdump, of the package binutils, cannot read {}: {}", object.string(),
                             finished.output));
  return std::ifstream(text);
}

/// Returns: the functions that call the system, as the disassembler names them.
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
  bool suspicious = false;
  ElfFile file(object, ElfFile::Access::read);
  file.for_each_section([&](Elf* elf, Elf_Scn* section, const GElf_Shdr& header) {
    if ((header.sh_flags & SHF_ALLOC) == 0) return;
    std::size_t names = 0;
    elf_getshdrstrndx(elf, &names);
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (!is_ordinary(name ? name : "", sanitized))
      findings.push_back({name ? name : "", "is a section that no compiler makes of plain C++"});
    GElf_Ehdr head;
    const Elf_Data* data = elf_rawdata(section, nullptr);
    if ((header.sh_flags & SHF_EXECINSTR) == 0 || !data || !data->d_buf || !gelf_getehdr(elf, &head)) return;
    suspicious =
        suspicious || may_call_system(head.e_machine, {static_cast<const char*>(data->d_buf), data->d_size});
  });
  if (!suspicious) return findings;
  for (const std::string& function : system_calls(disassemble(object, interrupt)))
    findings.push_back({function, "calls the system by an instruction of its own"});
  return findings;
}

}  // namespace corokit::moulinette
