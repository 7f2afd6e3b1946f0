#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace corokit::model {

/// The shared object that holds the program, as it lies in memory.
class Image {
 public:
  /// `handle`: what dlopen() has returned.
  void load(void* handle);

  /// Puts back what was in its variables when it was loaded.
  void restore() const noexcept;
  /// Writes the first values of its thread-local variables. Requires: there is room for thread_local_size() bytes.
  void fill_thread_locals(std::byte* to) const noexcept;

  bool has_code(const void* address) const noexcept { return within(address, code_, code_size_); }
  bool has_variable(const void* address) const noexcept { return within(address, data_, data_size_); }
  std::byte* data() const noexcept { return data_; }
  std::size_t data_size() const noexcept { return data_size_; }
  const std::byte* code() const noexcept { return code_; }
  std::size_t code_size() const noexcept { return code_size_; }
  std::size_t module() const noexcept { return module_; }  // of __tls_get_addr()
  std::size_t thread_local_size() const noexcept { return thread_local_size_; }
  const std::string& file() const noexcept { return file_; }
  std::uintptr_t bias() const noexcept { return bias_; }

 private:
  static bool within(const void* address, const std::byte* begin, std::size_t size) noexcept {
    return reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(begin) < size;
  }

  std::string file_;
  std::uintptr_t bias_ = 0;
  const std::byte* code_ = nullptr;
  std::size_t code_size_ = 0;
  std::byte* data_ = nullptr;  // what can be written, without what is read-only once it is relocated
  std::size_t data_size_ = 0;
  std::vector<std::byte> first_data_;
  std::size_t module_ = 0;
  const std::byte* thread_locals_ = nullptr;
  std::size_t thread_locals_given_ = 0;
  std::size_t thread_local_size_ = 0;
};

}  // namespace corokit::model
