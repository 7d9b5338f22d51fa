. ./lib.sh
made well 1
eventually ready well 3
eventually has_endpoint well
explain well
