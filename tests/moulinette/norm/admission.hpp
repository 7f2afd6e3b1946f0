#pragma once
#include "building/compile.hpp"
#include "exercise/spec.hpp"
#include "norm/norm.hpp"

#include <filesystem>
#include <vector>

namespace corokit::moulinette {

/// A submission that was compiled and linked, or that the norm refuses.
struct Admission {
  Compiled compiled;
  NormRead norm;
};

/// Makes a program of a submission, with the norm before each step: the source is read before the compiler sees it, and
/// what the compiler read and made before it is linked. Whatever the norm refuses goes no further.
Admission admit(const std::filesystem::path& source, const Manifest& manifest, const Spec& spec, bool colour,
                const std::filesystem::path& folder, const Interrupt& interrupt);

/// Checks a right implementation of the kit, whose object file the build has made; `object` is empty in a rung. It may
/// include headers that lie beside it.
NormRead check_built(const std::filesystem::path& source, const std::filesystem::path& object,
                     const Manifest& manifest, const Spec& spec, const Interrupt& interrupt);

/// Checks an object file alone.
std::vector<NormFinding> check_object(const std::filesystem::path& object, const Manifest& manifest,
                                      const NormRules& rules, const Interrupt& interrupt);

/// The same of one of a rung, which has the tests in it.
std::vector<NormFinding> check_rung_object(const std::filesystem::path& object, const NormRules& rules,
                                           const Interrupt& interrupt);

}  // namespace corokit::moulinette
