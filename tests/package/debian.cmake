# Makes the Debian package, checks its fields, and unpacks it.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
file(REMOVE_RECURSE ${WORK})
run(${CPACK} --config ${BUILD}/CPackConfig.cmake -B ${WORK})
file(GLOB package ${WORK}/libcorokit-dev_*.deb)
run(${DPKG_DEB} --field ${package})
foreach(field "Package: libcorokit-dev" "Section: libdevel" "Depends: .*libexpected-dev" "Depends: .*g[+][+]"
    "Maintainer: [^\n]+ <[^\n]+>" "Description: [^\n]+\n [^\n]+")
  if(NOT output MATCHES "${field}")
    message(FATAL_ERROR "the package should say ${field}; it says\n${output}")
  endif()
endforeach()
run(${DPKG_DEB} --extract ${package} ${WORK}/unpacked)
expect_no_solution(${WORK}/unpacked)
