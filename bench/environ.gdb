# Prints every string of the environ of a process whose libc has no debugging symbols.
set print elements 0
set width 0
set $entry = *(char ***)&environ
while *$entry
  x/s *$entry
  set $entry = $entry + 1
end
