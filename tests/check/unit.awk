# Writes one translation unit that includes many sources, so that the headers they share are read and checked once.
# Usage: awk -v root=DIR -v copies=DIR -f unit.awk SOURCE... >UNIT.cpp
#
# Each source is copied to the folder `copies` line by line, so that a finding keeps its place. The copies differ in
# what would clash: the namespace of a test file, main(), and the names in an anonymous namespace that an earlier
# source has as well. `tidy` takes sources that clash all the same out again. The headers come first, because a
# source may stand inside a namespace.

function folder(path) {
  sub(/\/[^\/]*$/, "", path)
  return path
}

function exists(path, line, found) {
  found = (getline line <path) >= 0
  close(path)
  return found
}

# Returns: the name that a line at the top of a namespace declares, or "".
function declared(line, name) {
  if (line ~ /^([ #}\/]|static_assert|TEST|template|requires|using namespace)/) return ""
  if (match(line, /^(struct|class|enum class|enum|union|using) [A-Za-z_0-9]+/)) {
    name = substr(line, RSTART, RLENGTH)
    sub(/.* /, "", name)
    return name
  }
  if (!match(line, /[A-Za-z_][A-Za-z_0-9]*(\(|\{| = |;)/) || substr(line, RSTART - 1, 1) == ":") return ""
  name = substr(line, RSTART, RLENGTH)
  sub(/[^A-Za-z_0-9].*/, "", name)
  return name
}

# Returns: the line with `name` replaced; members of other objects with that name keep it.
function renamed(line, name, number, done, before, after) {
  done = ""
  while (match(line, name)) {
    before = substr(done substr(line, 1, RSTART - 1), length(done) + RSTART - 1, 1)
    after = substr(line, RSTART + RLENGTH, 1)
    done = done substr(line, 1, RSTART + RLENGTH - 1)
    if (before !~ /[A-Za-z_0-9.>:"]/ && after !~ /[A-Za-z_0-9"]/) done = done (name ~ /[A-Z]/ ? "Part" : "_part_") number
    line = substr(line, RSTART + RLENGTH)
  }
  return done line
}

FNR == 1 {
  copied[++number] = copies substr(FILENAME, length(root) + 1)
  closed[number] = 1
  anonymous = 0
}

/^#include "/ {
  split($0, part, "\"")
  beside = folder(FILENAME) "/" part[2]
  if (exists(beside)) $0 = "#include \"" beside "\"" part[3]
}

/^#include/ {
  match($0, /["<][^">]*[">]/)
  header = substr($0, RSTART, RLENGTH)
  if (!(header in seen)) {
    seen[header] = 1
    headers[++header_count] = header
  }
}

/^(TYPED_)?TEST|^INSTANTIATE_/ { is_test[number] = 1 }
/^namespace [a-z]/ { closed[number] = 0 }
/^}  \/\/ namespace$/ { anonymous = 0 }
anonymous && (name = declared($0)) {
  if (name in owner && owner[name] != number) clash[number] = clash[number] " " name
  else owner[name] = number
}
/^namespace \{$/ { anonymous = 1 }
{ text[number, ++lines[number]] = $0 }

END {
  # Headers that only some machines have stand under conditions in the sources.
  for (i = 1; i <= header_count; ++i) printf "#if __has_include(%s)\n#include %s\n#endif\n", headers[i], headers[i]
  for (i = 1; i <= number; ++i) {
    names = is_test[i] || closed[i] ? 0 : split(clash[i], name_of, " ")
    for (line = 1; line <= lines[i]; ++line) {
      current = text[i, line]
      if (is_test[i] && current ~ /^namespace [a-z_:]+ \{$/) sub(/ \{$/, "::part_" i " {", current)
      sub(/^int main\(/, "int main_part_" i "(", current)
      if (current !~ /^#include/) for (n = 1; n <= names; ++n) current = renamed(current, name_of[n], i)
      print current >copied[i]
    }
    close(copied[i])
    if (closed[i]) printf "namespace part_%d {\n#include \"%s\"\n}\n", i, copied[i]
    else printf "#include \"%s\"\n", copied[i]
  }
}
