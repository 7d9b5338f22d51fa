. ./lib.sh
made large 64
within 30 unscheduled large
within 30 ready large 1
within 30 has_endpoint large
explain large
