# How programs of plain std:: are made for explore_program. They are compiled by g++, whatever compiles the rest: clang leaves
# accesses to fields of stack objects out (llvm #132739).
find_program(COROKIT_GXX NAMES g++-12 g++ REQUIRED)
foreach(flags compiler_flags linker_flags)
  set(file ${CMAKE_CURRENT_LIST_DIR}/programs/${flags})
  file(STRINGS ${file} explored_${flags})
  separate_arguments(explored_${flags} UNIX_COMMAND "${explored_${flags}}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endforeach()
set(explored_launcher "")
if(COROKIT_CCACHE) # with the paths of this tree, where the explorer finds the sources
  set(explored_launcher ${COROKIT_CCACHE})
endif()

# corokit_explored_program(OBJECT <file> SOURCES <file...> [FLAGS <flag...>] [DEPENDS <file...>])
#
# Makes a shared object without the library of the sanitizer. Memory that is copied is seen because the copies are calls,
# which the linker sends to explore_program; what is allocated is not optimised away.
function(corokit_explored_program)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "OBJECT" "SOURCES;FLAGS;DEPENDS")
  set(compiled "")
  foreach(source ${arg_SOURCES})
    get_filename_component(name ${source} NAME_WE)
    set(object ${arg_OBJECT}.${name}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${explored_launcher} ${COROKIT_GXX} ${explored_compiler_flags} -w ${arg_FLAGS}
              -I ${PROJECT_SOURCE_DIR}/tests -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
      DEPENDS ${source} ${arg_DEPENDS}
      DEPFILE ${object}.d
      COMMENT "Making ${object}"
      VERBATIM)
    list(APPEND compiled ${object})
  endforeach()
  add_custom_command(
    OUTPUT ${arg_OBJECT}
    COMMAND ${COROKIT_GXX} ${compiled} -o ${arg_OBJECT} ${explored_linker_flags}
    DEPENDS ${compiled}
    COMMENT "Linking ${arg_OBJECT}"
    VERBATIM)
endfunction()
