package git

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/client"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// usualMostBytes is well above the largest public repositories.
const usualMostBytes = 32 << 30

// ErrTooLarge says that a repository is larger than the options allow.
var ErrTooLarge = errors.New("it is too large")

// tooLarge is ErrTooLarge with the limit and what to do.
type tooLarge struct{ text string }

func (e *tooLarge) Error() string        { return ErrTooLarge.Error() + ": " + e.text }
func (e *tooLarge) Is(target error) bool { return target == ErrTooLarge }

// Reason is the text: it is the same for all repositories with the same options.
func (e *tooLarge) Reason() string { return e.Error() }

// Of what the library that reads it holds in memory, less may come, whatever MostBytes is:
// of a list of references so much as four million of them take, and of the text that comes
// with a refusal what anybody would read.
const (
	mostList    = 256 << 20
	mostRefusal = 64 << 10
)

// intake counts what a fetch brings. What comes over the network is counted, and what is
// written into a pack by itself, as ssh is not seen here.
type intake struct {
	most       int64
	wire, pack atomic.Int64
	over       atomic.Pointer[tooLarge] // the first limit that was met
	cut        atomic.Bool              // a reply ended before its end, which go-git takes for nonsense
}

// take counts bytes, and refuses where there are too many.
func (in *intake) take(n *atomic.Int64, bytes int) error {
	if n.Add(int64(bytes)) <= in.most {
		return nil
	}
	return in.refuse("the fetch was stopped after %s; raise the most bytes that a repository may bring if that is what it honestly has", size(in.most))
}

func (in *intake) refuse(format string, args ...any) error {
	in.over.CompareAndSwap(nil, &tooLarge{fmt.Sprintf(format, args...)})
	return in.over.Load()
}

// err is what is wrong; nil where nothing is.
func (in *intake) err() error {
	if over := in.over.Load(); over != nil {
		return over
	}
	return nil
}

// size is a number of bytes for people.
func size(n int64) string {
	for _, u := range []struct {
		name string
		of   int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.of && n%u.of == 0 {
			return fmt.Sprintf("%d %s", n/u.of, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// guardedScheme stands in the place of https in addresses that go-git gets. It looks its
// transports up in a table by scheme, and a scheme of our own changes nothing for others
// who use that library in the same process.
const guardedScheme = "tributary+https"

// Before anything runs, as the table has no lock.
func init() { client.InstallProtocol(guardedScheme, guardedTransport{}) }

// guardedTransport is go-git's https, save that every request takes its connections and
// its limit from its context.
type guardedTransport struct{}

// NewUploadPackSession implements go-git's transport.Transport.
func (guardedTransport) NewUploadPackSession(e *transport.Endpoint, auth transport.AuthMethod) (transport.UploadPackSession, error) {
	plain := *e
	plain.Protocol = "https"
	return githttp.NewClient(&http.Client{Transport: guardedRequests{}}).NewUploadPackSession(&plain, auth)
}

// NewReceivePackSession refuses: nothing is ever sent.
func (guardedTransport) NewReceivePackSession(*transport.Endpoint, transport.AuthMethod) (transport.ReceivePackSession, error) {
	return nil, errors.New("a repository is read, not written")
}

// guarded is what a request takes from its context.
type guarded struct {
	base http.RoundTripper
	in   *intake
}

type guardedKey struct{}

// connections makes what carries the requests of a source: the process's own transport,
// with the certificates of the options.
func (o *Options) connections() http.RoundTripper {
	usual, ok := http.DefaultTransport.(*http.Transport)
	if !ok || len(o.CABundle) == 0 {
		return http.DefaultTransport
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(o.CABundle)
	t := usual.Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{}
	}
	t.TLSClientConfig.RootCAs = pool
	return t
}

type guardedRequests struct{}

// RoundTrip implements http.RoundTripper.
func (guardedRequests) RoundTrip(r *http.Request) (*http.Response, error) {
	g, ok := r.Context().Value(guardedKey{}).(guarded)
	if !ok {
		return nil, errors.New("a request without a limit")
	}
	res, err := g.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body := &guardedBody{ReadCloser: res.Body, in: g.in, list: r.Method == http.MethodGet}
	res.Body = body
	if res.StatusCode >= 300 {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(body, mostRefusal), body}
	}
	return res, nil
}

// guardedBody is the body of a reply, which is counted.
type guardedBody struct {
	io.ReadCloser
	in   *intake
	list bool // of references
	n    int64
}

// Read implements io.Reader.
func (b *guardedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.in.cut.Store(true)
	}
	if b.n += int64(n); b.list && b.n > mostList {
		return n, b.in.refuse("its list of references was stopped after %s", size(mostList))
	}
	if over := b.in.take(&b.in.wire, n); over != nil {
		return n, over
	}
	return n, err
}

// packLimits bound what a pack may ask for when it is indexed. Its compressed size bounds
// neither: a kilobyte can stand for a gigabyte of zeros, or be copied by deltas a million
// times.
type packLimits struct {
	object  int64 // bytes of one object
	objects int64
}

// packLimits hang on the memory, since the index holds one object and its base at once, and
// some 300 bytes of each.
func (o *Options) packLimits() packLimits {
	return packLimits{object: min(2*o.Memory, 2<<30), objects: max(1<<20, min(o.mostBytes()/64, 64<<20))}
}

// mostBytes is Options.MostBytes or its default.
func (o *Options) mostBytes() int64 {
	if o.MostBytes == 0 {
		return usualMostBytes
	}
	return o.MostBytes
}

// survey reads the headers of a pack's objects and refuses those beyond the limits. That
// unpacks everything once, but holds nothing.
func survey(ctx context.Context, f *os.File, most packLimits) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return guard(func() error {
		scan := packfile.NewScanner(interruptedFile{interrupted{ctx, f}, f})
		_, count, err := scan.Header()
		if err != nil {
			return err
		}
		if int64(count) > most.objects {
			return &tooLarge{fmt.Sprintf("its pack says that it has %d objects, more than %d", count, most.objects)}
		}
		for range count {
			if err := surveyObject(scan, most.object); err != nil {
				return err
			}
		}
		return nil
	})
}

func surveyObject(scan *packfile.Scanner, most int64) error {
	h, err := scan.NextObjectHeader()
	if err != nil {
		return err
	}
	bytes := h.Length
	if h.Type.IsDelta() {
		var d deltaHead
		if bytes <= most { // the delta itself is held too
			if _, _, err := scan.NextObject(&d); err != nil {
				return err
			}
			bytes = d.result()
		}
	} else if bytes <= most {
		if _, _, err := scan.NextObject(io.Discard); err != nil {
			return err
		}
	}
	if bytes < 0 || bytes > most {
		return &tooLarge{fmt.Sprintf("its pack has an object of more than %s; raise the memory of the mining", size(most))}
	}
	return nil
}

// deltaHead keeps the beginning of a delta: the sizes of its base and of its result, in
// groups of seven bits, the lowest first.
type deltaHead struct {
	b [20]byte
	n int
}

// Write implements io.Writer.
func (d *deltaHead) Write(p []byte) (int, error) {
	d.n += copy(d.b[d.n:], p)
	return len(p), nil
}

// result is the size of what the delta makes; −1 where it says nonsense.
func (d *deltaHead) result() (n int64) {
	at := 0
	for range 2 {
		n = 0
		for shift := 0; ; shift += 7 {
			if at == d.n || shift > 56 {
				return -1
			}
			b := d.b[at]
			at++
			if n |= int64(b&0x7f) << shift; b < 0x80 {
				break
			}
		}
	}
	return n
}
