# corokit_pkg_config(NAME LIBRARY DESCRIPTION [OTHER]): installs NAME.pc, which finds its files from where it stands itself.
include_guard()

function(corokit_pkg_config name library description)
  set(requires ${ARGN})
  set(folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  file(RELATIVE_PATH prefix_from_pc /prefix/${folder} /prefix)
  string(REGEX REPLACE "/$" "" prefix_from_pc ${prefix_from_pc})
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/corokit.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${folder})
endfunction()
