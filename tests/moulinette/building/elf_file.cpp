#include "building/elf_file.hpp"

#include "error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <cerrno>
#include <cstring>

namespace corokit::moulinette {
namespace {

Error unreadable(const std::filesystem::path& path, const char* why) {
  return broken(fmt::format("Cannot read the symbols of {}: {}.", path.string(), why));
}

}  // namespace

ElfFile::ElfFile(const std::filesystem::path& path, Access access)
    : path_(path),
      file_(open(path.c_str(), (access == Access::write ? O_RDWR : O_RDONLY) | O_CLOEXEC)),
      elf_(nullptr, &elf_end) {
  if (!file_) throw unreadable(path, std::strerror(errno));
  elf_version(EV_CURRENT);
  elf_.reset(elf_begin(file_.get(), access == Access::write ? ELF_C_RDWR : ELF_C_READ, nullptr));
  if (!elf_) throw unreadable(path, elf_errmsg(-1));
  if (elf_kind(elf_.get()) != ELF_K_ELF && elf_kind(elf_.get()) != ELF_K_AR)
    throw unreadable(path, "it is not an object file");
  elf_flagelf(elf_.get(), ELF_C_SET, ELF_F_LAYOUT);  // every part of the file stays where it is
}

void ElfFile::update() {
  if (elf_update(elf_.get(), ELF_C_WRITE) < 0) throw unreadable(path_, elf_errmsg(-1));
}

}  // namespace corokit::moulinette
