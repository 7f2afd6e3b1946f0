# corokit_exercise(KIT <name> NAME <name> FOLDER <folder> TESTS <folder> WRONG <folder> [ROOT <folder>])
#
# Registers an exercise, whose spec.json and given headers are in FOLDER. The specified tests in TESTS, and what they need
# of fuzzing/ there, are compiled once.
# Every implementation of the roster is built and linked with the tests; mutants are patches of the reference or of an
# alternative, and are applied here. manifest.json tells the moulinette what was built and how. Of spec.json only the
# roster is read here, and what its key `fuzzing` says to the tests. The student's file is not built here: the moulinette compiles it.
#
# corokit_kit(<name>) then writes the list of the exercises of a kit to <build>/<name>.json.
#
# Targets: <exercise>.grading builds what `grade` needs, <exercise>.implementations what `validate` needs as well.
find_program(COROKIT_PATCH patch)
if(NOT COROKIT_PATCH AND NOT COROKIT_IS_PACKED)
  message(FATAL_ERROR "The program patch is needed to make mutants: apt-get install patch")
endif()

include(${CMAKE_CURRENT_LIST_DIR}/roster.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/fuzzing.cmake)

# Makes the source of a wrong implementation from its patch, which names the right one that it changes: `--- a/NAME`.
# A patch that no longer applies breaks the build.
function(corokit_apply_patch out patch_file)
  get_filename_component(name "${patch_file}" NAME_WE)
  file(STRINGS "${patch_file}" changed REGEX "^--- a/")
  string(REGEX REPLACE "^--- a/" "" changed "${changed}")
  set(right ${reference} ${alternatives})
  list(FILTER right INCLUDE REGEX "/${changed}$")
  if(NOT changed OR NOT right)
    message(FATAL_ERROR "${patch_file} changes neither the reference nor an alternative: '${changed}'")
  endif()
  set(made "${place}/${name}.cpp")
  add_custom_command(
    OUTPUT "${made}"
    COMMAND ${COROKIT_PATCH} --quiet --fuzz=0 --reject-file=- --output=${made} ${root}/${right} ${patch_file}
    DEPENDS "${patch_file}" "${root}/${right}"
    COMMENT "Patching ${name}"
    VERBATIM)
  set(${out} "${made}" PARENT_SCOPE)
endfunction()

# One implementation: its object, linked with the specified tests. Adds its entry to the list `entries`.
function(corokit_implementation role file)
  get_filename_component(name "${file}" NAME_WE)
  set(path "${root}/${file}")
  if(file MATCHES "\\.patch$")
    corokit_apply_patch(path "${path}")
  endif()
  set(target ${exercise}.${name})
  add_library(${target}.object OBJECT EXCLUDE_FROM_ALL "${path}")
  target_link_libraries(${target}.object PRIVATE ${exercise}.flags)
  # The headers beside the reference. Alternatives and mutants may include them; students' files may not.
  get_filename_component(parts "${root}/${reference}" DIRECTORY)
  target_include_directories(${target}.object PRIVATE "${parts}")
  if(role MATCHES "refused|mutant|slow")
    target_compile_options(${target}.object PRIVATE -w)
  endif()
  add_executable(${target} EXCLUDE_FROM_ALL $<TARGET_OBJECTS:specified_main> $<TARGET_OBJECTS:${target}.object>
                                            $<TARGET_OBJECTS:${exercise}.tests>)
  target_link_libraries(${target} PRIVATE ${exercise}.flags)
  target_link_options(${target} PRIVATE ${read_only_after_start})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${place}" OUTPUT_NAME ${name})
  add_dependencies(${exercise}.implementations ${target})
  string(CONCAT entry "{\"role\": \"${role}\", \"name\": \"${name}\", \"file\": \"${file}\", "
                "\"object\": \"$<TARGET_OBJECTS:${target}.object>\", "
                "\"executable\": \"$<TARGET_FILE:${target}>\"},\n    ")
  set(entries "${entries}${entry}" PARENT_SCOPE)
endfunction()

# Sets what a solution is compiled with: `compiler`, with the flags of the build, and `options`, what the exercise adds.
function(corokit_solution_flags)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}}")
  set(compiler ${CMAKE_CXX_COMPILER} ${flags} ${CMAKE_CXX20_EXTENSION_COMPILE_OPTION} PARENT_SCOPE)
  set(of "TARGET_PROPERTY:${exercise}.flags,INTERFACE")
  string(CONCAT options "$<${of}_COMPILE_OPTIONS>;"
                "$<$<BOOL:$<${of}_COMPILE_DEFINITIONS>>:-D$<JOIN:$<${of}_COMPILE_DEFINITIONS>,;-D>>;"
                "-I$<JOIN:$<FILTER:$<${of}_INCLUDE_DIRECTORIES>,EXCLUDE,^/usr/include$>,;-I>")
  set(options "${options}" PARENT_SCOPE)
endfunction()

# The command by which the moulinette compiles one more file: texts in quotes, with commas.
function(corokit_compile_command out)
  # Without the launcher (ccache): a file that was just edited is not in its cache, and asking takes a while.
  set(command ${compiler})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND command -fmax-errors=3)
  else()
    list(APPEND command -ferror-limit=3)
  endif()
  list(JOIN command "\", \"" command)
  set(${out} "\"${command}\", \"$<JOIN:${options},\", \">\"" PARENT_SCOPE)
endfunction()

# The given headers, compiled in advance with the flags of a solution, which then compiles in two thirds of the
# time. Sets `given` to the header that a solution is made to include first; empty where that does not help.
function(corokit_precompile_given_headers folder)
  set(given "" PARENT_SCOPE)
  file(GLOB headers CONFIGURE_DEPENDS "${folder}/*.hpp")
  if(NOT headers OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  set(header "${place}/given.hpp")
  list(JOIN headers "\"\n#include \"" includes)
  file(CONFIGURE OUTPUT "${header}" CONTENT "#include \"${includes}\"\n" @ONLY)
  add_custom_command(
    OUTPUT "${header}.gch"
    COMMAND
      ${compiler} "${options}" -MD -MF "${header}.d" -x c++-header "${header}" -o "${header}.gch"
    DEPENDS "${header}"
    DEPFILE "${header}.d"
    COMMENT "Precompiling the given headers of ${exercise}"
    COMMAND_EXPAND_LISTS VERBATIM)
  set(precompiled "${header}.gch")
  if(NOT COROKIT_SANITIZE) # for the norm, which the program of the release build checks; without libclang there is no file
    list(TRANSFORM CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES PREPEND "-isystem;" OUTPUT_VARIABLE system)
    add_custom_command(
      OUTPUT "${header}.syntax.done"
      COMMAND norm_syntax --precompile "${header}" "${options}" ${CMAKE_CXX20_EXTENSION_COMPILE_OPTION} -nostdinc ${system}
      COMMAND ${CMAKE_COMMAND} -E touch "${header}.syntax.done"
      DEPENDS norm_syntax "${header}.gch"
      COMMENT "Precompiling the given headers of ${exercise} for the norm"
      COMMAND_EXPAND_LISTS VERBATIM)
    list(APPEND precompiled "${header}.syntax.done")
  endif()
  add_custom_target(${exercise}.given DEPENDS ${precompiled})
  add_dependencies(${exercise}.grading ${exercise}.given)
  set(given "\"-include\", \"${header}\"" PARENT_SCOPE)
endfunction()

function(corokit_exercise)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "KIT;NAME;FOLDER;TESTS;WRONG;ROOT" "")
  set(root "${PROJECT_SOURCE_DIR}")
  if(arg_ROOT) # a roster names its files from here
    set(root "${arg_ROOT}")
  endif()
  set(exercise "${arg_NAME}")
  set(folder "${arg_FOLDER}")
  set(spec "${folder}/spec.json")
  set(place "${PROJECT_BINARY_DIR}/${arg_KIT}/${exercise}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${spec}")
  corokit_roster(SPEC "${spec}" ROOT "${root}")
  file(GLOB tests CONFIGURE_DEPENDS "${arg_TESTS}/*.cpp" "${arg_TESTS}/fuzzing/*.cpp")
  list(FILTER tests EXCLUDE REGEX "_test\\.cpp$")
  corokit_fuzzing_ranges(SPEC "${spec}" OUT "${place}/fuzzing")
  if(NOT tests)
    message(FATAL_ERROR "${spec}: the exercise has no specified tests in ${arg_TESTS}")
  endif()

  # What an implementation and the tests are compiled with: the runtime, and the given headers.
  add_library(${exercise}.flags INTERFACE)
  target_link_libraries(${exercise}.flags INTERFACE corokit_flags corokit::corokit corokit::orchestrator_headers)
  target_include_directories(${exercise}.flags INTERFACE "${folder}")
  # A solution that reads past the end of a vector, or an empty optional, is told so: it does not pass by luck.
  target_compile_definitions(${exercise}.flags INTERFACE _GLIBCXX_ASSERTIONS)
  # What counts here is how soon the answer comes: -Og takes a quarter off the time that -O1 needs for a solution, and -O0
  # a tenth only, for want of inlining.
  target_compile_options(${exercise}.flags INTERFACE $<$<CONFIG:Release>:-Og>)

  add_library(${exercise}.tests OBJECT EXCLUDE_FROM_ALL ${tests})
  target_link_libraries(${exercise}.tests PRIVATE ${exercise}.flags specified_harness)
  target_include_directories(${exercise}.tests PRIVATE "${place}/fuzzing")

  # What calls go through is read-only once the program runs, so a solution cannot change where they lead.
  set(read_only_after_start -Wl,-z,relro,-z,now)

  add_custom_target(${exercise}.grading)
  add_dependencies(${exercise}.grading specified_main ${exercise}.tests corokit::corokit)
  add_custom_target(${exercise}.implementations ALL)
  add_dependencies(${exercise}.implementations ${exercise}.grading)
  corokit_solution_flags()
  corokit_precompile_given_headers("${folder}")
  set(entries "")
  if(reference) # a packed tree has none
    corokit_implementation(reference "${reference}")
  endif()
  foreach(file ${alternatives})
    corokit_implementation(alternative "${file}")
  endforeach()
  foreach(file ${refused})
    corokit_implementation(refused "${file}")
  endforeach()
  foreach(file ${mutants})
    corokit_implementation(mutant "${file}")
  endforeach()

  foreach(file ${slow})
    corokit_implementation(slow "${file}")
  endforeach()

  corokit_compile_command(compile)
  if(NOT given)
    set(given "\"\"")
  endif()
  set(manifest "${place}/manifest.json")
  if(COROKIT_SANITIZE)
    set(sanitized true)
  else()
    set(sanitized false)
  endif()
  list(JOIN CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES "\", \"" system)
  # Our objects first: what they do before main() must come before what a solution may do there.
  string(CONCAT link "\"${CMAKE_CXX_COMPILER}\", \"$<JOIN:$<TARGET_OBJECTS:specified_main>,\", \">\", \"{solution}\", "
                "\"$<JOIN:$<TARGET_OBJECTS:${exercise}.tests>,\", \">\", \"$<TARGET_FILE:corokit::corokit>\", "
                "\"-pthread\", \"${read_only_after_start}\", \"$<JOIN:$<TARGET_PROPERTY:corokit_flags,INTERFACE_LINK_OPTIONS>,\", \">\"")
  file(GENERATE OUTPUT "${manifest}" CONTENT "{
  \"root\": \"${root}\",
  \"folder\": \"${folder}\",
  \"wrong\": \"${arg_WRONG}\",
  \"compile\": [${compile}, ${given}],
  \"system\": [\"${system}\"],
  \"link\": [${link}],
  \"sanitized\": ${sanitized},
  \"roster\": [
    ${entries}null]
}
")
  set_property(GLOBAL APPEND_STRING PROPERTY corokit_kit_${arg_KIT}
               "  {\"name\": \"${exercise}\", \"spec\": \"${spec}\", \"manifest\": \"${manifest}\"},\n")
  set_property(GLOBAL APPEND PROPERTY corokit_kit_${arg_KIT}_exercises ${exercise})
endfunction()

function(corokit_kit name)
  get_property(entries GLOBAL PROPERTY corokit_kit_${name})
  get_property(exercises GLOBAL PROPERTY corokit_kit_${name}_exercises)
  file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/${name}.json" CONTENT "[\n${entries}  null\n]\n")
  add_custom_target(${name}.grading)
  add_custom_target(${name}.implementations)
  foreach(exercise ${exercises})
    add_dependencies(${name}.grading ${exercise}.grading)
    add_dependencies(${name}.implementations ${exercise}.implementations)
  endforeach()
endfunction()
