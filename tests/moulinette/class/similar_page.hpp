#pragma once
#include "class/page_words.hpp"
#include "class/similarity.hpp"

#include <string>

namespace corokit::moulinette {

/// One of two texts that are shown beside each other.
struct Side {
  std::string name;
  std::string source;
  int percent = 0;  // of what is its own, the part that is also in the other one
};

/// Returns: a page with two texts side by side. Passages that are alike have a colour and a number, and lead to each other.
std::string similar_page(const Side& one, const Side& other, const std::vector<Passage>& passages,
                         Language language);

}  // namespace corokit::moulinette
