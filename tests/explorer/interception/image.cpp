#include "image.hpp"

#include <dlfcn.h>
#include <link.h>
#include <algorithm>
#include <cstring>
#include <utility>

namespace corokit::model {
namespace {

struct Found {
  const char* name;
  std::vector<ElfW(Phdr)> headers;
  std::uintptr_t bias = 0;
  std::size_t module = 0;
};

Found headers_of(const char* name) {
  Found found{name, {}, 0, 0};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* wanted) {
        auto& into = *static_cast<Found*>(wanted);
        if (std::strcmp(info->dlpi_name, into.name) != 0) return 0;
        into.headers.assign(info->dlpi_phdr, info->dlpi_phdr + info->dlpi_phnum);
        into.bias = info->dlpi_addr;
        into.module = info->dlpi_tls_modid;
        return 1;
      },
      &found);
  return found;
}

}  // namespace

void Image::load(void* handle) {
  link_map* map = nullptr;
  dlinfo(handle, RTLD_DI_LINKMAP, &map);
  file_ = map->l_name;
  const Found found = headers_of(map->l_name);
  bias_ = found.bias;
  module_ = found.module;
  std::uintptr_t read_only_end = 0;
  for (const auto& header : found.headers)
    if (header.p_type == PT_GNU_RELRO) read_only_end = bias_ + header.p_vaddr + header.p_memsz;
  for (const auto& header : found.headers) {
    const std::uintptr_t begin = bias_ + header.p_vaddr;
    if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) {
      code_ = reinterpret_cast<const std::byte*>(begin);
      code_size_ = header.p_memsz;
    } else if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0) {
      const std::uintptr_t from = std::max(begin, read_only_end) / 8 * 8;
      data_ = reinterpret_cast<std::byte*>(from);
      data_size_ = begin + header.p_memsz - from;
    } else if (header.p_type == PT_TLS) {
      thread_locals_ = reinterpret_cast<const std::byte*>(begin);
      thread_locals_given_ = header.p_filesz;
      thread_local_size_ = header.p_memsz;
    }
  }
  first_data_.assign(data_, data_ + data_size_);
}

void Image::restore() const noexcept {
  std::memcpy(data_, first_data_.data(), data_size_);
}

void Image::fill_thread_locals(std::byte* to) const noexcept {
  if (thread_local_size_ == 0) return;
  std::memcpy(to, thread_locals_, thread_locals_given_);
  std::memset(to + thread_locals_given_, 0, thread_local_size_ - thread_locals_given_);
}

}  // namespace corokit::model
