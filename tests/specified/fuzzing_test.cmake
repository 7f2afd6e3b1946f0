# Checks the header that corokit_fuzzing_ranges() makes, and its error messages.
#   cmake -D WORK=<folder> -P fuzzing_test.cmake
cmake_minimum_required(VERSION 3.25)

if(DEFINED SPEC) # run by the checks below
  include(${CMAKE_CURRENT_LIST_DIR}/fuzzing.cmake)
  corokit_fuzzing_ranges(SPEC ${SPEC} OUT ${WORK}/made)
  if(EXISTS ${WORK}/made/fuzzing_ranges.hpp)
    file(READ ${WORK}/made/fuzzing_ranges.hpp made)
    message("${made}")
  else()
    message("nothing")
  endif()
  return()
endif()

# Expects `text` in the answer to a spec.
function(check text spec)
  file(REMOVE_RECURSE ${WORK})
  file(WRITE ${WORK}/spec.json "${spec}")
  execute_process(COMMAND ${CMAKE_COMMAND} -D WORK=${WORK} -D SPEC=${WORK}/spec.json -P ${CMAKE_CURRENT_LIST_FILE}
    ERROR_VARIABLE answer OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " answer "${answer}")
  string(FIND "${answer}" "${text}" found)
  if(found LESS 0)
    message(SEND_ERROR "${spec}\nshould give: ${text}\nand gives: ${answer}")
  endif()
endfunction()

check("inline constexpr int schedules = 128; inline constexpr int iterations = 500; inline constexpr Range tasks{0, 100};"
      [[{"schedules": 128, "fuzzing": {"iterations": 500, "tasks": [0, 100]}}]])
check("nothing" [[{"schedules": 128}]])
check("spec.json: \"fuzzing\" is for an exercise with \"schedules\": they play its scenarios"
      [[{"fuzzing": {"iterations": 500}}]])
check("spec.json: /fuzzing/tasks must be two numbers, the smaller one first"
      [[{"schedules": 128, "fuzzing": {"iterations": 500, "tasks": [100, 0]}}]])
check("spec.json: /fuzzing/tasks must be two numbers, the smaller one first"
      [[{"schedules": 128, "fuzzing": {"iterations": 500, "tasks": [0]}}]])
check("spec.json: /fuzzing/tasks must be a number, or two of them"
      [[{"schedules": 128, "fuzzing": {"iterations": 500, "tasks": "many"}}]])
check("spec.json: /fuzzing/Tasks is no name" [[{"schedules": 128, "fuzzing": {"iterations": 500, "Tasks": [0, 1]}}]])
