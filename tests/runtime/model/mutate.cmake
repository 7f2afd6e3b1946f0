# Makes a mutant: copies the FOLDERS of FROM to TO, and applies PATCH to the copy.
# A patch that does not apply is an error.
file(REMOVE_RECURSE "${TO}")
foreach(folder IN LISTS FOLDERS)
  get_filename_component(parent "${TO}/${folder}" DIRECTORY)
  file(COPY "${FROM}/${folder}" DESTINATION "${parent}")
endforeach()
execute_process(COMMAND "${PATCH_PROGRAM}" --quiet --fuzz=0 --no-backup-if-mismatch -p1 -d "${TO}" -i "${PATCH}"
                COMMAND_ERROR_IS_FATAL ANY)
file(TOUCH "${TO}/made")
