. ./lib.sh
made large 64
eventually unscheduled large
eventually ready large 1
eventually has_endpoint large
explain large
