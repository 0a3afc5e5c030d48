package git

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// hostile serves what handle says, and returns options that trust it.
func hostile(t *testing.T, handle http.HandlerFunc) (address string, o *Options) {
	s := httptest.NewTLSServer(handle)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(s.Close)
	o = options()
	o.Cache = filepath.Join(t.TempDir(), "cache")
	o.CABundle = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	return s.URL + "/a/b", o
}

func packet(s string) string { return fmt.Sprintf("%04x%s", len(s)+4, s) }

const oneHash = "1111111111111111111111111111111111111111"

// references advertises one branch.
func references(w io.Writer) {
	io.WriteString(w, packet("# service=git-upload-pack\n")+"0000"+
		packet(oneHash+" HEAD\x00side-band-64k ofs-delta agent=x\n")+packet(oneHash+" refs/heads/main\n")+"0000")
}

// forEver writes until nobody reads any more.
func forEver(w io.Writer, s string) {
	for {
		if _, err := io.WriteString(w, s); err != nil {
			return
		}
	}
}

// failed mines, and returns the error; of the repository only the lock is left.
func failed(t *testing.T, o *Options, address string) error {
	t.Helper()
	began := time.Now()
	_, err := mine(t, o, model.Repository{URL: address}, model.Period{})
	require.Error(t, err)
	assert.Less(t, time.Since(began), 5*time.Minute, "it ends: what the server sends has no end")
	for _, left := range must2(os.ReadDir(o.Cache)) {
		assert.True(t, strings.HasSuffix(left.Name(), ".lock"), left.Name())
	}
	return err
}

func TestEndlessPackStopsAtTheLimit(t *testing.T) {
	pack := "PACK\x00\x00\x00\x02\x00\xff\xff\xff" + strings.Repeat("x", 30000)
	address, o := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			references(w)
			return
		}
		io.WriteString(w, packet("NAK\n"))
		forEver(w, packet("\x01"+pack))
	})
	o.MostBytes = 20 << 20
	err := failed(t, o, address)
	assert.ErrorIs(t, err, ErrTooLarge)
	assert.ErrorContains(t, err, "stopped after 20 MiB; raise the most bytes")
	assert.NotContains(t, err.Error(), "check the network")
}

func TestEndlessReferencesStop(t *testing.T) {
	address, o := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, packet("# service=git-upload-pack\n")+"0000"+packet(oneHash+" HEAD\x00agent=x\n"))
		forEver(w, packet(oneHash+" refs/heads/"+strings.Repeat("x", 60000)+"\n"))
	})
	o.MostBytes = 5 << 20
	assert.ErrorIs(t, failed(t, o, address), ErrTooLarge)
	o.MostBytes = 0
	assert.ErrorContains(t, failed(t, o, address), "its list of references was stopped after 256 MiB")
}

func TestEndlessRefusalIsCutShort(t *testing.T) {
	address, o := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		forEver(w, strings.Repeat("no ", 1000))
	})
	err := failed(t, o, address)
	assert.Less(t, len(err.Error()), 100_000)
	assertReason(t, err, "its server failed or was busy", true)
}

func assertReason(t *testing.T, err error, reason string, temporary bool) {
	t.Helper()
	var f *FetchError
	require.ErrorAs(t, err, &f)
	assert.Equal(t, reason, f.Reason(), f.Error())
	assert.Equal(t, temporary, f.Temporary())
}

func TestReasonsOfFailedFetches(t *testing.T) {
	status := http.StatusNotFound
	address, o := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		switch status {
		case http.StatusFound:
			http.Redirect(w, r, r.URL.String(), status)
		case 0: // hangs up in the middle
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, packet("# service=git-upload-pack\n")+"0000")
		default:
			w.WriteHeader(status)
		}
	})
	for _, c := range []struct {
		status    int
		reason    string
		temporary bool
	}{
		{http.StatusNotFound, "it is not there, or not for us to read", false},
		{http.StatusUnauthorized, "it may not be read without a right to", false},
		{http.StatusForbidden, "it may not be read without a right to", false},
		{http.StatusTooManyRequests, "its server failed or was busy", true},
		{http.StatusBadGateway, "its server failed or was busy", true},
		{http.StatusTeapot, "its server refused the request", false},
		{http.StatusFound, "it redirects without end, or where it must not", false},
		{0, "the connection to its server failed", true},
	} {
		status = c.status
		assertReason(t, failed(t, o, address), c.reason, c.temporary)
	}
	o.CABundle = nil
	assertReason(t, failed(t, o, address), "its server's certificate is not trusted", false)
	assertReason(t, failed(t, o, "https://127.0.0.1:1/a/b"), "the connection to its server failed", true)
}

// entry is an object of a pack: its kind, the size that it states, and what is there.
func entry(kind byte, stated int, base, content string) string {
	head := []byte{kind<<4 | byte(stated&15)}
	for stated >>= 4; stated > 0; stated >>= 7 {
		head[len(head)-1] |= 0x80
		head = append(head, byte(stated&0x7f))
	}
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	io.WriteString(w, content)
	w.Close()
	return string(head) + base + z.String()
}

func packOf(count uint32, entries ...string) string {
	body := "PACK\x00\x00\x00\x02" + string(binary.BigEndian.AppendUint32(nil, count)) + strings.Join(entries, "")
	sum := sha1.Sum([]byte(body))
	return body + string(sum[:])
}

func TestPacksThatAskForTooMuchMemory(t *testing.T) {
	most := packLimits{object: 1 << 20, objects: 1000}
	blob := entry(3, 10, "", "0123456789")
	name := sha1.Sum([]byte("blob 10\x000123456789"))
	delta := func(result ...byte) string { // ten bytes become so many
		d := string([]byte{10}) + string(result) + "\x90\x0a"
		return entry(7, len(d), string(name[:]), d)
	}
	for _, c := range []struct{ name, pack, want string }{
		{"honest", packOf(2, blob, delta(10)), ""},
		{"a bomb that owns up", packOf(1, entry(3, 2<<20, "", strings.Repeat("\x00", 2<<20))), "an object of more than 1 MiB"},
		{"a bomb that lies", packOf(1, entry(3, 10, "", strings.Repeat("\x00", 2<<20))), "its pack is broken"},
		{"a delta of a delta's size", packOf(1, entry(7, 2<<20, string(name[:]), strings.Repeat("\x00", 2<<20))), "an object of more than 1 MiB"},
		{"a delta with a huge result", packOf(2, blob, delta(0x80, 0x80, 0x80, 0x80, 0x10)), "an object of more than 1 MiB"},
		{"a delta whose size has no end", packOf(2, blob, delta(bytes.Repeat([]byte{0xff}, 30)...)), "an object of more than 1 MiB"},
		{"too many objects", packOf(0xffffffff), "it has 4294967295 objects, more than 1000"},
		{"cut off", packOf(2, blob)[:30], "its pack is broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			err := indexPack(context.Background(), dir, strings.NewReader(c.pack), most)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.Equal(t, strings.HasPrefix(c.want, "its pack is"), !isTooLarge(err))
			assert.Empty(t, must2(os.ReadDir(dir)), "nothing stays")
		})
	}
}

func isTooLarge(err error) bool { return strings.Contains(err.Error(), ErrTooLarge.Error()) }

func TestClonesAreListedAndDropped(t *testing.T) {
	b, _ := small(t)
	f := serve(t, b)
	o := f.options(t)
	s := New(o)
	address := f.URL + "/a.git"
	name := CloneName(address)
	require.NoError(t, os.MkdirAll(filepath.Join(o.Cache, partPrefix+name+"-1", "objects"), 0o777))
	mined := func() {
		_, err := mine(t, o, model.Repository{URL: address}, model.Period{})
		require.NoError(t, err)
	}
	mined()
	left := must2(os.ReadDir(o.Cache))
	assert.Len(t, left, 2, "the clone and its lock: what a killed process left is gone")
	must(os.WriteFile(filepath.Join(o.Cache, name, "objects", "pack", "tmp_pack_1"), []byte("x"), 0o666))
	old := time.Now().Add(-time.Hour)
	must(os.Chtimes(filepath.Join(o.Cache, name), old, old))
	mined()
	assert.NoFileExists(t, filepath.Join(o.Cache, name, "objects", "pack", "tmp_pack_1"))

	list := must2(s.Clones())
	require.Len(t, list, 1)
	assert.Equal(t, name, list[0].Name)
	assert.Greater(t, list[0].Used, old.Add(time.Minute), "by the last mining")
	size := int64(0)
	for _, file := range everyFile(filepath.Join(o.Cache, name)) {
		if st := must2(os.Stat(file)); !st.IsDir() {
			size += st.Size()
		}
	}
	assert.Equal(t, size, list[0].Bytes)

	unlock := must2(lock(t.Context(), filepath.Join(o.Cache, name+".lock")))
	assert.ErrorContains(t, s.Drop(name), "another mining brings it up to date")
	unlock()
	require.NoError(t, s.Drop(name))
	require.NoError(t, s.Drop(name), "it is dropped")
	assert.Len(t, must2(os.ReadDir(o.Cache)), 1)
	assert.Empty(t, must2(s.Clones()))
	assert.Zero(t, s.CloneBytes(name))
	mined()
	for _, bad := range []string{"", ".", "..", "../x", "a/b"} {
		assert.Error(t, s.Drop(bad), bad)
	}
	assert.Empty(t, CloneName(b.dir))
	assert.Empty(t, CloneName("http://a.example/b"))
}
