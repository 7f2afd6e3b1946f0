set(prefix ${WORK}/prefix)
file(REMOVE_RECURSE ${prefix} ${WORK}/consumer)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nfailed with ${code}:\n${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})

# What is installed holds no part of a solution of an exercise.
file(GLOB solutions ${SOURCE}/orchestrator/src/* ${SOURCE}/orchestrator/alternatives/* ${SOURCE}/mutants/*/*)
if(NOT solutions)
  message(FATAL_ERROR "there are no solutions in ${SOURCE}: this check looks in the wrong place")
endif()
foreach(solution ${solutions})
  get_filename_component(name "${solution}" NAME)
  file(GLOB_RECURSE installed "${prefix}/${name}")
  if(installed)
    message(FATAL_ERROR "${solution} is a part of a solution, and is installed: ${installed}")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/consumer -G Ninja
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
run(${WORK}/consumer/consumer)
