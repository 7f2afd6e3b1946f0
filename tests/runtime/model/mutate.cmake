# Makes a mutant of the runtime: copies the runtime to TO and applies PATCH to the copy.
# A patch that does not apply is an error.
file(REMOVE_RECURSE "${TO}")
file(COPY "${FROM}/runtime/include" "${FROM}/runtime/src" DESTINATION "${TO}/runtime")
execute_process(COMMAND "${PATCH_PROGRAM}" --quiet --fuzz=0 --no-backup-if-mismatch -p1 -d "${TO}" -i "${PATCH}"
                COMMAND_ERROR_IS_FATAL ANY)
file(TOUCH "${TO}/made")
