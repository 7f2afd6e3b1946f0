#pragma once
#include <corokit/io/descriptor.hpp>

#include <gelf.h>
#include <libelf.h>
#include <filesystem>
#include <memory>

namespace corokit::moulinette {

/// An open object file or archive.
class ElfFile {
 public:
  enum class Access { read, write };

  /// Throws: Error if the file cannot be opened, or is neither.
  ElfFile(const std::filesystem::path& path, Access access);

  /// Calls `visit` with the object file, or with each one of the archive.
  template <class Visit>
  void for_each_object(Visit visit) {
    if (elf_kind(elf_.get()) != ELF_K_AR) return visit(elf_.get());
    Elf_Cmd command = ELF_C_READ;
    while (Elf* member = elf_begin(file_.get(), command, elf_.get())) {
      const Handle owned(member, &elf_end);
      if (elf_kind(member) == ELF_K_ELF) visit(member);
      command = elf_next(member);
    }
  }
  /// Calls `visit` with each section of each object file: object, section, header.
  template <class Visit>
  void for_each_section(Visit visit) {
    for_each_object([&visit](Elf* object) {
      for (Elf_Scn* section = nullptr; (section = elf_nextscn(object, section));) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header)) visit(object, section, header);
      }
    });
  }
  /// Writes the changes that were marked.
  void update();

 private:
  using Handle = std::unique_ptr<Elf, decltype(&elf_end)>;

  std::filesystem::path path_;
  io::Descriptor file_;
  Handle elf_;
};

}  // namespace corokit::moulinette
