# Checks the lists that corokit_roster() makes, and its error messages.
#   cmake -D WORK=<folder> -P roster_test.cmake
cmake_minimum_required(VERSION 3.25)

if(DEFINED SPEC) # run by the checks below
  include(${CMAKE_CURRENT_LIST_DIR}/roster.cmake)
  corokit_roster(SPEC ${SPEC} ROOT ${WORK})
  message("${reference} | ${alternatives} | ${refused} | ${mutants} | ${slow}")
  return()
endif()

file(REMOVE_RECURSE ${WORK})
foreach(file reference.cpp other.cpp refused_1.cpp mutant_b.patch mutant_a.patch slow.cpp)
  file(WRITE ${WORK}/${file} "")
endforeach()

# Expects `text` in the answer to a roster.
function(check text roster)
  file(WRITE ${WORK}/spec.json "{\n  \"roster\": ${roster}\n}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -D WORK=${WORK} -D SPEC=${WORK}/spec.json -P ${CMAKE_CURRENT_LIST_FILE}
    ERROR_VARIABLE answer OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " answer "${answer}")
  string(FIND "${answer}" "${text}" found)
  if(found LESS 0)
    message(SEND_ERROR "${roster}\nshould give: ${text}\nand gives: ${answer}")
  endif()
endfunction()

check("reference.cpp | other.cpp | refused_1.cpp | mutant_a.patch;mutant_b.patch | slow.cpp" [[{
    "reference": "reference.cpp", "alternatives": ["other.cpp"], "refused": ["refused_*"], "mutants": ["mutant_*"],
    "slow": ["slow*"]}]])
check("reference.cpp | | | |" [[{"reference": "reference.cpp", "alternatives": [], "refused": [], "mutants": []}]])
check("| | | |" [[{}, "withheld": 0]])
check("spec.json:5: no file is named by \"mutint_*\", an entry of /roster/mutants" [[{
    "reference": "reference.cpp", "alternatives": [], "refused": [],
    "mutants": [
      "mutint_*"]}]])
check("spec.json:3: mutant_a.patch is named twice, here by \"*_a.patch\" of /roster/mutants" [[{
    "reference": "reference.cpp", "alternatives": [], "refused": ["mutant_*"], "mutants": ["*_a.patch"]}]])
check("spec.json: /roster/mutants cannot be read: member 'roster mutants' not found" [[{
    "reference": "reference.cpp", "alternatives": [], "refused": []}]])
check("spec.json: /roster/reference must be a text, not 5" [[{
    "reference": 5, "alternatives": [], "refused": [], "mutants": []}]])
check("spec.json: /roster/refused must be a list of texts, not mutant_*" [[{
    "reference": "reference.cpp", "alternatives": [], "refused": "mutant_*", "mutants": []}]])
check("spec.json: /roster/reference cannot be read: failed parsing json" "{ \"reference\": ")
