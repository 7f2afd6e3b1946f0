# Compiles and runs a program with what pkg-config says, and nothing else.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
file(GLOB_RECURSE pc ${PREFIX}/corokit-orchestrator.pc)
get_filename_component(folder ${pc} DIRECTORY)
set(ENV{PKG_CONFIG_PATH} ${folder})
run(${PKG_CONFIG} --modversion corokit)
string(STRIP ${output} version)
run(${PKG_CONFIG} --cflags --libs corokit-orchestrator)
separate_arguments(options UNIX_COMMAND ${output})
run(${CXX} -std=c++20 ${FLAGS} "-DPACKAGE_VERSION=\"${version}\"" ${CMAKE_CURRENT_LIST_DIR}/consumer/main.cpp ${options}
    -o ${WORK}/consumer)
run(${WORK}/consumer)
