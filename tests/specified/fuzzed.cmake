# Grades a wrong solution that a part with random scenarios kills. The report names the simplest scenario, which matches
# EXPECTED, and finds the same one each time; its token replays it.
#
#   cmake -D MOULINETTE=<program> -D EXERCISE=<name> -D FILE=<solution> -D PART=<part> -D EXPECTED=<regex> -P fuzzed.cmake
cmake_minimum_required(VERSION 3.25)

# Sets `message` and `token` of PART, as the report of FILE has them.
function(grade)
  execute_process(COMMAND "${MOULINETTE}" grade "${EXERCISE}" "${FILE}" --seed 1 --json
    OUTPUT_VARIABLE report RESULT_VARIABLE status)
  string(JSON count ERROR_VARIABLE problem LENGTH "${report}" tests)
  if(problem)
    message(FATAL_ERROR "grade said ${status}, and no report: ${report}")
  endif()
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON part ERROR_VARIABLE none GET "${report}" tests ${i} part)
    if(part STREQUAL PART)
      string(JSON found GET "${report}" tests ${i} message)
      string(JSON replay GET "${report}" tests ${i} replay)
    endif()
  endforeach()
  set(message "${found}" PARENT_SCOPE)
  set(token "${replay}" PARENT_SCOPE)
endfunction()

grade()
if(NOT message MATCHES "${EXPECTED}")
  message(FATAL_ERROR "${PART} should find\n  ${EXPECTED}\nand finds\n  ${message}")
endif()
set(first "${message} ${token}")
grade()
if(NOT first STREQUAL "${message} ${token}")
  message(FATAL_ERROR "It is not the same each time:\n  ${first}\n  ${message} ${token}")
endif()
execute_process(COMMAND "${MOULINETTE}" replay "${token}" "${FILE}" OUTPUT_VARIABLE replayed RESULT_VARIABLE status)
if(NOT replayed MATCHES "${EXPECTED}")
  message(FATAL_ERROR "replay ${token} says ${status}:\n${replayed}")
endif()
