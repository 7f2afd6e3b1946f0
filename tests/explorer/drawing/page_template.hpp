#pragma once

namespace corokit::explorer {

/// The page with `{{title}}`, `{{text}}` and `{{data}}` where those of a recording belong, in this order.
extern const char* const kPageTemplate;

}  // namespace corokit::explorer
