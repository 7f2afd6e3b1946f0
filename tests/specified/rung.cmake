# corokit_rung(KIT <name> NAME <name> FOLDER <folder> TESTS <folder> WRONG <folder> [ROOT <folder>])
#
# Registers a rung of the ladder, as corokit_exercise() registers an exercise. Its solutions are headers. The tests in
# TESTS include <NAME/FILE>, and are compiled with each implementation of the roster, to be loaded by explore_program. The
# earlier rungs that a solution stands on are those of mutants/, the references.
#
# Target: <exercise>.implementations builds what `grade` and `validate` need; grade compares with the mutants.
include(${CMAKE_CURRENT_LIST_DIR}/roster.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../explorer/explored_program.cmake)

# One implementation: a folder of its own, in which the tests find it, and the shared object.
function(corokit_rung_implementation role file)
  get_filename_component(name "${file}" NAME_WE)
  set(made "${place}/${name}/${exercise}/${header}")
  get_filename_component(made_in "${made}" DIRECTORY)
  file(MAKE_DIRECTORY "${made_in}")
  if(file MATCHES "\\.patch$")
    file(STRINGS "${root}/${file}" changed REGEX "^--- a/")
    string(REGEX REPLACE "^--- a/" "" changed "${changed}")
    set(right ${reference} ${alternatives})
    if(NOT changed IN_LIST right)
      message(FATAL_ERROR "${file} changes neither the reference nor an alternative: '${changed}'")
    endif()
    add_custom_command(
      OUTPUT "${made}"
      COMMAND ${COROKIT_PATCH} --quiet --fuzz=0 --reject-file=- --output=${made} ${root}/${changed} ${root}/${file}
      DEPENDS "${root}/${file}" "${root}/${changed}"
      COMMENT "Patching ${exercise} ${name}"
      VERBATIM)
  else()
    add_custom_command(
      OUTPUT "${made}"
      COMMAND ${CMAKE_COMMAND} -E copy "${root}/${file}" "${made}"
      DEPENDS "${root}/${file}"
      VERBATIM)
  endif()
  set(object "${place}/${name}.so")
  corokit_explored_program(OBJECT ${object} SOURCES ${tests} FLAGS ${further_flags} -I "${place}/${name}" ${folders}
                           DEPENDS "${made}")
  set(objects ${objects} "${object}" PARENT_SCOPE)
  string(CONCAT entry "{\"role\": \"${role}\", \"name\": \"${name}\", \"file\": \"${file}\", "
                "\"object\": \"\", \"executable\": \"${object}\"},\n    ")
  set(entries "${entries}${entry}" PARENT_SCOPE)
endfunction()

function(corokit_rung)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "KIT;NAME;FOLDER;TESTS;WRONG;ROOT" "")
  set(root "${PROJECT_SOURCE_DIR}")
  if(arg_ROOT)
    set(root "${arg_ROOT}")
  endif()
  set(exercise "${arg_NAME}")
  set(spec "${arg_FOLDER}/spec.json")
  set(place "${PROJECT_BINARY_DIR}/${arg_KIT}/${exercise}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${spec}")
  file(READ "${spec}" content)
  string(JSON header GET "${content}" file)
  corokit_roster(SPEC "${spec}" ROOT "${root}")
  file(GLOB tests CONFIGURE_DEPENDS "${arg_TESTS}/*.cpp")
  if(NOT tests)
    message(FATAL_ERROR "${spec}: the rung has no tests in ${arg_TESTS}")
  endif()
  set(folders -I "${root}/mutants" -I "${root}/exercises")
  set(further_flags "") # of this rung alone
  if(EXISTS "${arg_TESTS}/compiler_flags")
    file(STRINGS "${arg_TESTS}/compiler_flags" further_flags)
    separate_arguments(further_flags UNIX_COMMAND "${further_flags}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${arg_TESTS}/compiler_flags")
  endif()

  set(entries "")
  set(objects "")
  if(reference) # a packed tree has none
    corokit_rung_implementation(reference "${reference}")
  endif()
  foreach(role alternative refused mutant)
    set(files ${${role}s})
    if(role STREQUAL "refused")
      set(files ${refused})
    endif()
    foreach(file ${files})
      corokit_rung_implementation(${role} "${file}")
    endforeach()
  endforeach()
  add_custom_target(${exercise}.implementations ALL DEPENDS ${objects})
  add_dependencies(${exercise}.implementations explore_program)
  add_custom_target(${exercise}.grading)
  add_dependencies(${exercise}.grading explore_program)

  set(flags ${explored_compiler_flags} ${further_flags})
  list(JOIN flags "\", \"" flags)
  list(JOIN explored_linker_flags "\", \"" linker)
  list(JOIN CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES "\", \"" system)
  list(JOIN tests "\", \"" tests)
  set(manifest "${place}/manifest.json")
  string(CONCAT compile "\"${COROKIT_GXX}\", \"${flags}\", \"-fmax-errors=3\", "
                "\"-I${root}/mutants\", \"-I${root}/exercises\", \"-I${PROJECT_SOURCE_DIR}/tests\"")
  file(GENERATE OUTPUT "${manifest}" CONTENT "{
  \"root\": \"${root}\",
  \"folder\": \"${arg_FOLDER}\",
  \"wrong\": \"${arg_WRONG}\",
  \"compile\": [${compile}],
  \"system\": [\"${system}\"],
  \"link\": [\"${COROKIT_GXX}\", \"${linker}\"],
  \"sanitized\": false,
  \"explorer\": \"$<TARGET_FILE:explore_program>\",
  \"tests\": [\"${tests}\"],
  \"roster\": [
    ${entries}null]
}
")
  set_property(GLOBAL APPEND_STRING PROPERTY corokit_kit_${arg_KIT}
               "  {\"name\": \"${exercise}\", \"spec\": \"${spec}\", \"manifest\": \"${manifest}\"},\n")
  set_property(GLOBAL APPEND PROPERTY corokit_kit_${arg_KIT}_exercises ${exercise})
endfunction()
