# Runs the test KILLER of PROGRAM, which contains a mutant. The test must run, and it must fail.
execute_process(COMMAND "${PROGRAM}" "--gtest_filter=${KILLER}" RESULT_VARIABLE result OUTPUT_VARIABLE output
                ERROR_VARIABLE output TIMEOUT 100)
message("${output}")
if(result STREQUAL "0")
  message(FATAL_ERROR "The mutant lives: ${KILLER} passes with it.")
elseif(NOT output MATCHES "\\[ RUN      \\] ${KILLER}")
  message(FATAL_ERROR "${KILLER} did not run: ${result}")
endif()
