package git

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// FetchError says that a remote repository could not be fetched.
type FetchError struct {
	text, reason string
	temporary    bool
}

// Error is what the server or the network said, without credentials.
func (e *FetchError) Error() string { return e.text }

// Reason is why, in words that are the same for all repositories, so that failures can be
// counted.
func (e *FetchError) Reason() string { return e.reason }

// Temporary reports whether the same fetch may well succeed later.
func (e *FetchError) Temporary() bool { return e.temporary }

// placed is an error that may name the folder of the clones, which is of this machine and
// often bears its user's name.
type placed struct {
	error
	clones string
}

func (m *mining) placed(err error) error {
	folder, e := m.clonesFolder()
	if e != nil {
		return err // nothing was looked for there
	}
	return &placed{err, folder}
}

func (p *placed) Unwrap() error { return p.error }

// InResult is the error for a result, which says the same on every machine and goes to others.
func (p *placed) InResult() string {
	return strings.ReplaceAll(p.Error(), p.clones, "CACHE")
}

// errPack says that a pack cannot be read.
var errPack = errors.New("its pack is broken")

// fetchError finds out why a fetch failed; cut says that a reply was cut off, and text is
// what is said of it.
func fetchError(err error, cut bool, text string) *FetchError {
	e := &FetchError{text: text}
	e.reason, e.temporary = reasonOf(opened(err), cut)
	return e
}

func reasonOf(err error, cut bool) (reason string, temporary bool) {
	cut = cut || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	status, answered := errors.AsType[*githttp.Err](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	name, noName := errors.AsType[*net.DNSError](err)
	_, network := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errPack):
		return "its pack is broken", cut
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return "it is not there, or not for us to read", false
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return "it may not be read without a right to", false
	case answered && (status.Response.StatusCode >= 500 || status.Response.StatusCode == http.StatusTooManyRequests):
		return "its server failed or was busy", true
	case answered:
		return "its server refused the request", false
	case untrusted:
		return "its server's certificate is not trusted", false
	case strings.Contains(err.Error(), "http redirect: "): // go-git has no type for it
		return "it redirects without end, or where it must not", false
	case noName:
		return "its host's name is not known", !name.IsNotFound
	case network, cut:
		return "the connection to its server failed", true
	}
	return "what its server sent cannot be used", false
}

// opened takes away go-git's wrappers, which hide what they hold from package errors.
func opened(err error) error {
	for {
		if u, ok := errors.AsType[*plumbing.UnexpectedError](err); ok && u.Err != nil {
			err = u.Err
		} else if p, ok := errors.AsType[*plumbing.PermanentError](err); ok && p.Err != nil {
			err = p.Err
		} else {
			return err
		}
	}
}
