# corokit_fuzzing_ranges(SPEC <file> OUT <folder>)
#
# Writes <folder>/fuzzing_ranges.hpp, by which the specified tests of an exercise know what the key `fuzzing` of its
# spec.json says: a constant for a number, a Range for two. It writes nothing if there is no such key.
function(corokit_fuzzing_ranges)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SPEC;OUT" "")
  file(READ "${arg_SPEC}" spec)
  string(JSON fuzzing ERROR_VARIABLE absent GET "${spec}" fuzzing)
  if(absent)
    return()
  endif()
  string(JSON schedules ERROR_VARIABLE absent GET "${spec}" schedules)
  if(absent)
    message(FATAL_ERROR "${arg_SPEC}: \"fuzzing\" is for an exercise with \"schedules\": they play its scenarios")
  endif()
  set(lines "inline constexpr int schedules = ${schedules};\n")
  string(JSON count LENGTH "${fuzzing}")
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON key MEMBER "${fuzzing}" ${i})
    string(JSON type TYPE "${fuzzing}" ${key})
    if(NOT key MATCHES "^[a-z][a-z0-9_]*$")
      message(FATAL_ERROR "${arg_SPEC}: /fuzzing/${key} is no name: small letters, digits and _ only")
    endif()
    if(type STREQUAL "ARRAY")
      string(JSON low ERROR_VARIABLE problem GET "${fuzzing}" ${key} 0)
      string(JSON high ERROR_VARIABLE problem GET "${fuzzing}" ${key} 1)
      if(NOT low MATCHES "^[0-9]+$" OR NOT high MATCHES "^[0-9]+$" OR low GREATER high)
        message(FATAL_ERROR "${arg_SPEC}: /fuzzing/${key} must be two numbers, the smaller one first")
      endif()
      string(APPEND lines "inline constexpr Range ${key}{${low}, ${high}};\n")
    else()
      string(JSON value GET "${fuzzing}" ${key})
      if(NOT value MATCHES "^[0-9]+$")
        message(FATAL_ERROR "${arg_SPEC}: /fuzzing/${key} must be a number, or two of them")
      endif()
      string(APPEND lines "inline constexpr int ${key} = ${value};\n")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT "${arg_OUT}/fuzzing_ranges.hpp" @ONLY
       CONTENT "#pragma once
// Made from ${arg_SPEC}
#include <fuzzing/range.hpp>

namespace corokit::specified::fuzzing::spec {
${lines}}  // namespace corokit::specified::fuzzing::spec
")
endfunction()
