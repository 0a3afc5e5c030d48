package serve

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// patient is a listener whose connections tell a client that is too slow with the head of a
// request so, by the status 408; net/http alone closes without a word. It is for connections
// in the clear: of TLS, net/http must see its own kind.
type patient struct{ net.Listener }

func (p patient) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &slowConn{Conn: c}, nil
}

// Where a connection is. Only while a head has begun does a deadline mean a slow client:
// net/http also ends its own reads by one, when a request is answered.
const (
	betweenHeads int32 = iota
	inHead
	afterHead // until something is written
)

const tooSlow = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

// slowConn is a connection that follows where the heads of requests end. It is read by one
// goroutine at a time, and may be written by another meanwhile.
type slowConn struct {
	net.Conn
	at   atomic.Int32
	line int // bytes of the head's current line
}

func (c *slowConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.follow(b[:n])
	if errors.Is(err, os.ErrDeadlineExceeded) && c.at.CompareAndSwap(inHead, afterHead) {
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(c.Conn, tooSlow)
	}
	return n, err
}

func (c *slowConn) follow(read []byte) {
	for _, b := range read {
		if c.at.CompareAndSwap(betweenHeads, inHead) {
			c.line = 0
		}
		switch {
		case c.at.Load() == afterHead:
			return
		case b == '\n' && c.line == 0:
			c.at.Store(afterHead)
		case b == '\n':
			c.line = 0
		case b != '\r':
			c.line++
		}
	}
}

func (c *slowConn) Write(b []byte) (int, error) {
	c.at.Store(betweenHeads)
	return c.Conn.Write(b)
}
