# A compiler that is too old, or is told to use an old standard, reports our sentence first for every header.
set(include ${SOURCE}/runtime/include)
file(GLOB_RECURSE headers RELATIVE ${include} ${include}/corokit/*.hpp)
list(FILTER headers EXCLUDE REGEX "/detail/|/version.hpp") # preprocessors of any age may read the version

function(expect_first_error header sentence)
  execute_process(COMMAND ${CXX} ${ARGN} -I${include} -Wfatal-errors -fsyntax-only -include ${header} -x c++ /dev/null
    RESULT_VARIABLE code ERROR_VARIABLE said OUTPUT_QUIET)
  string(REGEX MATCH "error: [^\n]*" first "${said}")
  if(code EQUAL 0 OR NOT first MATCHES "corokit needs ${sentence}")
    message(SEND_ERROR "${header} with ${ARGN}: the first error should say what corokit needs. It is:\n${first}\n${said}")
  endif()
endfunction()

foreach(header ${headers})
  expect_first_error(${header} "C.*20" -std=c++17)
endforeach()
if(IS_GNU)
  expect_first_error(corokit/task.hpp "coroutines" -std=c++20 -fno-coroutines)
  expect_first_error(corokit/task.hpp "g.* 12 or newer" -std=c++20 -U__GNUC__ -D__GNUC__=11)
else()
  expect_first_error(corokit/task.hpp "clang 16 or newer" -std=c++20 -U__clang_major__ -D__clang_major__=14)
endif()
