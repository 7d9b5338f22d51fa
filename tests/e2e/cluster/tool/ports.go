package main

import (
	"fmt"
	"net"
	"strconv"
)

// Prints N ports of loopback that nobody listens on. All are held until the last is found.
func ports(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("how many?")
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	for ; n > 0; n-- {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		fmt.Println(l.Addr().(*net.TCPAddr).Port)
	}
	return nil
}
