// Goroutines, a server and a file: what Go's runtime does around its own start.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

func serve(listener net.Listener) {
	connection, err := listener.Accept()
	if err == nil {
		fmt.Fprint(connection, "served")
		connection.Close()
	}
}

func main() {
	if len(os.Args) > 1 {
		fmt.Println(syscall.Getppid() > 0)
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go serve(listener)
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(connection)
	if err != nil || os.WriteFile("written", text, 0o600) != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
