. ./lib.sh
program "$(head_of example-cluster)"
