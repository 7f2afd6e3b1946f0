# Runs DEMO: it has to end well, after everybody is back.
execute_process(COMMAND "${DEMO}" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
message("${output}")
if(NOT output MATCHES "every agent is back")
  message(FATAL_ERROR "The demo did not say that every agent is back.")
endif()
