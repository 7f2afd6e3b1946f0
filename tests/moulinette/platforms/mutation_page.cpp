#include "error.hpp"
#include "platforms/formats.hpp"
#include "whole_file.hpp"

#include <fmt/format.h>
#include <filesystem>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

/// Returns: the text with `to` in the place of each `from`.
std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// Stryker's mutation-testing-elements, which tests/moulinette/platforms/fetch_packages fetches.
constexpr const char* kProgram = COROKIT_NPM "/mutation-testing-elements/dist/mutation-test-elements.js";

std::string page(const std::string& report, std::string_view title) {
  require_page_program();
  // No "<" of a source or a message ends the script.
  const std::string value = replaced(Json::parse(report).dump(), "<", "\\u003c");
  return fmt::format(
      R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{0}</title>
<script>{1}</script>
</head>
<body>
<mutation-test-report-app title-postfix="{0}">
This page is drawn by a script, which the browser does not run.
</mutation-test-report-app>
<script>
const app = document.querySelector('mutation-test-report-app');
app.report = {2};
const follow = () => {{ document.body.style.backgroundColor = app.themeBackgroundColor; }};
app.addEventListener('theme-changed', follow);
follow();
</script>
</body>
</html>
)",
      title, replaced(read_file(kProgram), "</script", "<\\/script"), value);
}

}  // namespace

void require_page_program() {
  if (std::filesystem::exists(kProgram)) return;
  throw broken(
      "The page needs mutation-testing-elements, a package of npm, which is not there.\n"
      "The launcher fetches it: ./moulinette validate or ./moulinette mutate with --report "
      "mutation=FILE.html");
}

std::string mutation_page_of_validated(const Json& validated, const PlatformOptions& options) {
  return page(mutation_of_validated(validated, options), "Written mutants");
}

std::string mutation_page_of_mutated(const Json& mutated, const PlatformOptions& options) {
  return page(mutation_of_mutated(mutated, options),
              "Mutants of " + mutated.at("exercise").get<std::string>());
}

}  // namespace corokit::moulinette
