#pragma once
#include <elfutils/libdw.h>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "explorer/recorder.hpp"

namespace corokit::model {

class Image;

/// The lines of a shared object, from its debug information.
class DebugLines final : public SourceLines {
 public:
  explicit DebugLines(const Image& image);
  ~DebugLines() override;
  DebugLines(const DebugLines&) = delete;
  DebugLines& operator=(const DebugLines&) = delete;

  std::optional<Line> line(const void* return_address) const override;
  std::string variable(const void* address, const void* return_address) const override;
  /// Returns: whether the code before an address, and all functions that it is a part of, are those of libraries.
  bool in_library(const void* return_address) noexcept;

 private:
  struct Place {
    std::string file;
    int line = 0;
  };
  struct Inside;

  /// A call that is inlined.
  struct Inlined {
    std::uintptr_t begin;
    std::uintptr_t end;
    std::size_t depth;  // in how many others it is
    Place caller;
  };

  std::optional<Place> place(const void* return_address) const;
  void find_inlined();
  void add_inlined(Dwarf_Die& cu, Dwarf_Die& parent, std::uintptr_t bias, std::size_t depth);
  const std::string& text(const Place& place) const;

  const Image& image_;
  const std::unique_ptr<Inside> inside_;
  std::vector<Inlined> inlined_;
  std::vector<std::uint8_t> known_;  // of each byte of code: 0: not yet, 1: the program's own, 2: a library's
  mutable std::unordered_map<std::string, std::vector<std::string>> files_;
};

}  // namespace corokit::model
