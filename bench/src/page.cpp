#include "page.hpp"

#include <fmt/format.h>
#include <cstdio>
#include <iterator>
#include <stdexcept>

namespace corokit::bench {

std::string read_file(const std::string& path, const char* what) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) throw std::runtime_error(fmt::format("cannot read {}, {}", path, what));
  return text;
}

Page::Page(const std::string& path)
    : path_(path),
      page_(read_file(COROKIT_BENCH_PAGE, "the page")),
      library_(read_file(COROKIT_CHART_JS, "Chart.js: apt-get install libjs-chart.js")),
      file_(path) {
  if (!file_) throw std::runtime_error("cannot write " + path);
}

void Page::write(const Report& report) {
  file_ << to_html(report, page_, library_);
  if (!file_.flush()) throw std::runtime_error("cannot write " + path_);
  fmt::print(stderr, "The plots are in {}\n", path_);
}

}  // namespace corokit::bench
