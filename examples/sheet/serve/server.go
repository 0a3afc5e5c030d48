package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// Server says how a handler is put on the network.
type Server struct {
	// Cert and Key are files in PEM form; both "" serves without TLS. A renewed certificate
	// is taken up within a minute.
	Cert, Key string
	// Connections is how many are open at once; further ones wait. 0 is [DefaultConnections].
	Connections int
	// Drain is how long requests under way may take when the server is to stop; 0 is
	// [DefaultDrain].
	Drain time.Duration
	Log   *slog.Logger // nil discards
}

// Defaults of [Server].
const (
	DefaultConnections = 512
	DefaultDrain       = 10 * time.Second
)

// Bounds of one connection. Nothing here takes long: whoever needs more is not reading.
const (
	headerTime = 5 * time.Second  // to send the head of a request
	readTime   = 10 * time.Second // to send all of it
	writeTime  = 30 * time.Second // to take the answer
	idleTime   = 60 * time.Second // between two requests
	maxHeader  = 16 << 10         // bytes of the head; the library adds 4 KiB
)

// Run answers on the listener until ctx is done; then it takes no new connections, and
// returns when the requests under way have their answers, at the latest after Drain. It
// closes the listener. An ended context is no error.
func (s *Server) Run(ctx context.Context, l net.Listener, h http.Handler) error {
	log := s.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	connections, drain := s.Connections, s.Drain
	if connections == 0 {
		connections = DefaultConnections
	}
	if drain == 0 {
		drain = DefaultDrain
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	limited := netutil.LimitListener(l, connections)
	run := func() error { return server.Serve(patient{limited}) }
	if s.Cert != "" {
		certificates, err := newCertificates(s.Cert, s.Key, log)
		if err != nil {
			l.Close()
			return err
		}
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certificates.get}
		run = func() error { return server.ServeTLS(limited, "", "") }
	}
	ended := make(chan error, 1)
	go func() { ended <- run() }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping", "drain", drain.String())
	err := s.stop(context.WithoutCancel(ctx), server, drain, log)
	<-ended
	log.Info("stopped")
	return err
}

// check finds a certificate that cannot be read before anybody is told of an address.
func (s *Server) check() error {
	if s.Cert == "" {
		return nil
	}
	_, err := newCertificates(s.Cert, s.Key, nil)
	return err
}

// stop waits for the requests under way, and cuts off what takes longer than drain.
func (s *Server) stop(ctx context.Context, server *http.Server, drain time.Duration, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests under way were cut off", "after", drain.String())
		return server.Close()
	}
	return err
}

// certificates gives out a certificate and its key, read again when the files change.
type certificates struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	seen    os.FileInfo
	next    time.Time
}

const everyCertificate = time.Minute

func newCertificates(cert, key string, log *slog.Logger) (*certificates, error) {
	c := &certificates{cert: cert, key: key, log: log}
	if err := c.look(); err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	return c, nil
}

func (c *certificates) look() error {
	at, err := os.Stat(c.cert)
	if err != nil || same(c.seen, at) {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.current, c.seen = &pair, at
	return nil
}

// get returns the certificate. One that cannot be read leaves the one before in force.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.After(c.next) {
		c.next = now.Add(everyCertificate)
		if err := c.look(); err != nil {
			c.log.Error("the certificate cannot be read; the one before stays", "error", err.Error())
		}
	}
	return c.current, nil
}
