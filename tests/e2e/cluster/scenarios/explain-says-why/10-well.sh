. ./lib.sh
made well 1
within 30 ready well 3
within 30 has_endpoint well
explain well
