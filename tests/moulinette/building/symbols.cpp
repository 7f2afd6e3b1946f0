#include "building/symbols.hpp"

#include "building/elf_file.hpp"

namespace corokit::moulinette {
namespace {

using Access = ElfFile::Access;

/// Reads one symbol table, and makes its defined symbols weak on request.
void visit_table(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, Access access,
                 std::vector<Symbol>& symbols) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0) return;
  const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, i, &symbol)) continue;
    const auto binding = GELF_ST_BIND(symbol.st_info);
    const auto type = GELF_ST_TYPE(symbol.st_info);
    if (binding == STB_LOCAL && type != STT_GNU_IFUNC) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    const bool is_defined = symbol.st_shndx != SHN_UNDEF;
    // A symbol of the common section cannot be weak; any definition takes precedence over it as it is.
    if (access == Access::write && is_defined && binding != STB_LOCAL && symbol.st_shndx != SHN_COMMON) {
      symbol.st_info = GELF_ST_INFO(STB_WEAK, type);
      gelf_update_sym(data, i, &symbol);
    }
    symbols.push_back({.name = name ? name : "",
                       .is_defined = is_defined,
                       .is_weak = binding == STB_WEAK || binding == STB_GNU_UNIQUE,
                       .is_chosen_at_start = type == STT_GNU_IFUNC});
  }
  if (access == Access::write) elf_flagdata(data, ELF_C_SET, ELF_F_DIRTY);
}

std::vector<Symbol> visit(const std::filesystem::path& object, Access access) {
  ElfFile file(object, access);
  std::vector<Symbol> symbols;
  file.for_each_section([&](Elf* elf, Elf_Scn* section, const GElf_Shdr& header) {
    if (header.sh_type == SHT_SYMTAB) visit_table(elf, section, header, access, symbols);
  });
  if (access == Access::write) file.update();
  return symbols;
}

}  // namespace

std::vector<Symbol> read_symbols(const std::filesystem::path& object) {
  return visit(object, Access::read);
}

std::vector<Symbol> weaken_symbols(const std::filesystem::path& object) {
  return visit(object, Access::write);
}

}  // namespace corokit::moulinette
