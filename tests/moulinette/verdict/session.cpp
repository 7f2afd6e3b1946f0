#include "verdict/session.hpp"

namespace corokit::moulinette {

Session::Session(const Exercise& exercise, OutputOptions the_output, Interrupt& the_interrupt)
    : spec(load_spec(exercise)),
      manifest(load_manifest(exercise.manifest)),
      output(the_output),
      interrupt(the_interrupt) {}

std::filesystem::path Session::file_to_fill_in() const {
  std::error_code failed;
  const auto here = std::filesystem::proximate(manifest.folder / spec.file, failed);
  return failed ? manifest.folder / spec.file : here;
}

}  // namespace corokit::moulinette
