#include "building/symbols.hpp"

#include "error.hpp"
#include "process/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>
#include <cerrno>
#include <cstring>
#include <memory>

namespace corokit::moulinette {
namespace {

enum class Access { read, weaken };

Error unreadable(const std::filesystem::path& object, const char* why) {
  return broken(fmt::format("Cannot read the symbols of {}: {}.", object.string(), why));
}

/// Reads one symbol table, and makes its defined symbols weak on request.
void visit_table(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, Access access,
                 std::vector<Symbol>& symbols) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0) return;
  const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, i, &symbol) || GELF_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    const bool is_defined = symbol.st_shndx != SHN_UNDEF;
    // A symbol of the common section cannot be weak; any definition takes precedence over it as it is.
    if (access == Access::weaken && is_defined && symbol.st_shndx != SHN_COMMON) {
      symbol.st_info = GELF_ST_INFO(STB_WEAK, GELF_ST_TYPE(symbol.st_info));
      gelf_update_sym(data, i, &symbol);
    }
    symbols.push_back({name ? name : "", is_defined, GELF_ST_BIND(symbol.st_info) == STB_WEAK});
  }
  if (access == Access::weaken) elf_flagdata(data, ELF_C_SET, ELF_F_DIRTY);
}

std::vector<Symbol> visit(const std::filesystem::path& object, Access access) {
  const bool writes = access == Access::weaken;
  const Descriptor file(open(object.c_str(), (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC));
  if (!file) throw unreadable(object, std::strerror(errno));
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, decltype(&elf_end)> elf(
      elf_begin(file.get(), writes ? ELF_C_RDWR : ELF_C_READ, nullptr), &elf_end);
  if (!elf) throw unreadable(object, elf_errmsg(-1));
  if (elf_kind(elf.get()) != ELF_K_ELF) throw unreadable(object, "it is not an object file");
  elf_flagelf(elf.get(), ELF_C_SET, ELF_F_LAYOUT);  // every part of the file stays where it is

  std::vector<Symbol> symbols;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section));) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
      visit_table(elf.get(), section, header, access, symbols);
  }
  if (writes && elf_update(elf.get(), ELF_C_WRITE) < 0) throw unreadable(object, elf_errmsg(-1));
  return symbols;
}

}  // namespace

std::vector<Symbol> read_symbols(const std::filesystem::path& object) {
  return visit(object, Access::read);
}

std::vector<Symbol> weaken_symbols(const std::filesystem::path& object) {
  return visit(object, Access::weaken);
}

}  // namespace corokit::moulinette
