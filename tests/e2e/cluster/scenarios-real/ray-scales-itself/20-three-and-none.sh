# The workers that a program needs come, and idle ones go.
. ./lib.sh
began=$(now_ms)
begin_programs
end_programs
tell "three workers each came, worked and are gone after $(($(now_ms) - began)) ms"
