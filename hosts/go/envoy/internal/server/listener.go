package server

import "net"

// listener accepts connections whose address can close them.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return connection{conn}, nil
}

type connection struct{ net.Conn }

func (c connection) RemoteAddr() net.Addr { return address{c.Conn.RemoteAddr(), c.Conn} }

// address is that of a connection, which calls know by it.
type address struct {
	net.Addr
	conn net.Conn
}
