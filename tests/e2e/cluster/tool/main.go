// Small helpers of the cluster's scripts: certificates, free ports, a balancer, a load of applies, many
// objects at once.
package main

import (
	"fmt"
	"os"
)

var commands = map[string]func(args []string) error{
	"pki":     pki,     // pki DIR SERVER HOST…
	"ports":   ports,   // ports N
	"balance": balance, // balance ADDRESS STATUS BACKEND=READYURL…
	"storm":   storm,   // storm DIR SERVER NAMESPACE MANIFEST WORKERS
	"fleet":   fleet,   // fleet DIR SERVER NAMESPACE LIST COUNT CONNECTIONS PODS
	"memory":  memory,  // memory DIR ADDRESS PACE
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: tool pki|ports|balance|storm|fleet|memory ARGUMENT…")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "tool %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
