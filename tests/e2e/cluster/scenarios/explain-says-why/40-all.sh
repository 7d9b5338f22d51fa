. ./lib.sh
explain
