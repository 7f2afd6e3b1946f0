# `cpack` in the build folder makes libcorokit-dev, a Debian package of all that is installed.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME libcorokit-dev)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_CONTACT "The maintainers of corokit <maintainers@corokit.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "C++20 coroutine runtime: tasks, channels, timers (development files)")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"corokit runs C++20 coroutines on a work-stealing executor, with tokio's
vocabulary: tasks, timers, mutex, semaphore, channels, select, join, timeouts
and cancellation. A simulation runs the same tasks in virtual time, on a
schedule that a seed decides. An orchestrator is built on it.
.
This package has headers, static libraries, CMake and pkg-config files, and
examples.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libexpected-dev, g++ (>= 4:12)")
include(CPack)
