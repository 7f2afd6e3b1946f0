#include <corokit/io/error.hpp>

#include <string>

namespace corokit::io {
namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "corokit::io"; }
  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::unexpected_end:
        return "the stream ended too early";
      case Errc::too_long:
        return "more came than the limit allows";
      case Errc::runtime_ended:
        return "the runtime that watches the descriptor has ended";
    }
    return "no error of corokit::io";
  }
};

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace corokit::io
