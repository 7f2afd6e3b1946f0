# Runs the test KILLER of PROGRAM, which contains a mutant. The test must find it: it must run, and report a failure. A crash
# or a hang is no finding.
execute_process(COMMAND "${PROGRAM}" "--gtest_filter=${KILLER}" RESULT_VARIABLE result OUTPUT_VARIABLE output
                ERROR_VARIABLE output TIMEOUT 100)
message("${output}")
if(result STREQUAL "0")
  message(FATAL_ERROR "The mutant lives: ${KILLER} passes with it.")
elseif(NOT output MATCHES "\\[  FAILED  \\] ${KILLER}")
  message(FATAL_ERROR "${KILLER} did not report a failure: ${result}")
endif()
