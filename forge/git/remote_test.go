package git

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/server"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// forgeServer serves one repository as git's smart protocol over https, and asks
// for a password where one is set.
type forgeServer struct {
	*httptest.Server
	dir      string
	password string
	stall    chan struct{} // not nil: packs wait until it is closed
}

func serve(t *testing.T, b *builder) *forgeServer {
	f := &forgeServer{dir: b.dir}
	f.Server = httptest.NewTLSServer(http.HandlerFunc(f.handle))
	f.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(f.Close)
	return f
}

// authority is the server's certificate in PEM form.
func (f *forgeServer) authority() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})
}

func (f *forgeServer) handle(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user == "echo" {
		http.Error(w, "you \x1b\nsaid "+password, http.StatusUnauthorized)
		return
	} else if password != f.password {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	st := filesystem.NewStorage(osfs.New(f.dir), cache.NewObjectLRUDefault())
	session, err := server.NewServer(server.MapLoader{"x://x/x": st}).NewUploadPackSession(must2(transport.NewEndpoint("x://x/x")), nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if strings.HasSuffix(r.URL.Path, "/info/refs") {
		refs, err := session.AdvertisedReferencesContext(r.Context())
		if err == nil {
			refs.Prefix = [][]byte{[]byte("# service=git-upload-pack"), pktline.Flush}
			err = refs.Encode(w)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	if f.stall != nil {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-f.stall
		return
	}
	req := packp.NewUploadPackRequest()
	if err := req.Decode(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	io.Copy(io.Discard, r.Body)
	res, err := session.UploadPack(r.Context(), req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	res.Encode(w)
}

func (f *forgeServer) options(t *testing.T) *Options {
	o := options()
	o.Cache, o.CABundle = filepath.Join(t.TempDir(), "cache"), f.authority()
	return o
}

func TestClone(t *testing.T) {
	b, all := small(t)
	b.write("HEAD", "ref: refs/heads/trunk\n")
	b.branch("trunk", all[2])
	b.branch("1.x", all[1])
	b.tag("v1", all[1], "Rel <rel@karst.example>", day(1))
	f := serve(t, b)
	o := f.options(t)
	repo := model.Repository{URL: f.URL + "/a/b.git"}
	want := mineAll(t, b)
	rs, err := mine(t, o, repo, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, []model.Record(want), rs)
	assert.Equal(t, "trunk", rs[0].Tip.Branch, "HEAD is the remote one")

	// The history grows, one branch is written anew, one goes away.
	more := b.commit(spec{msg: "more", at: day(9), parents: []string{all[2]}})
	b.branch("trunk", more)
	b.branch("1.x", b.commit(spec{msg: "anew", at: day(9), parents: []string{all[0]}}))
	must(os.Remove(filepath.Join(b.dir, "refs/heads/main")))
	repo.Branches = []string{"*"}
	rs, err = mine(t, o, repo, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, []string{"step 0", "step 1", "step 2", "more", "anew"}, records(rs).subjects())
	assert.Equal(t, []string{"trunk", "1.x"}, []string{rs[0].Tip.Branch, rs[1].Tip.Branch})
	assert.Nil(t, rs[2].Tip, "main is gone")
	_, err = mine(t, o, repo, model.Period{})
	require.NoError(t, err, "nothing new")

	f.Close()
	msg := failure(t, o, repo)
	assert.Contains(t, msg, "bringing its clone up to date: ")
	assert.Contains(t, msg, "check the network and the address, or state the path "+o.Cache)
	names := must2(filepath.Glob(filepath.Join(o.Cache, "127.0.0.1-*-a-b-*[0-9a-f]")))
	require.Len(t, names, 1)
	rs, err = mine(t, o, model.Repository{URL: names[0]}, model.Period{})
	require.NoError(t, err, "as the message says")
	assert.NotEmpty(t, rs)
}

func TestCloneFailures(t *testing.T) {
	b, _ := small(t)
	f := serve(t, b)
	o := f.options(t)
	untrusted := f.options(t)
	untrusted.CABundle = nil
	assert.Contains(t, failure(t, untrusted, model.Repository{URL: f.URL + "/a"}), "certificate")

	empty := serve(t, newBuilder(t.TempDir()))
	assert.Contains(t, failure(t, empty.options(t), model.Repository{URL: empty.URL + "/a"}), "it has no commits")

	f.Close()
	assert.Contains(t, failure(t, o, model.Repository{URL: f.URL + "/a"}), "check the network, the address and your right to read it")
	left := must2(os.ReadDir(o.Cache))
	require.Len(t, left, 1, "only the lock stays")
	assert.True(t, strings.HasSuffix(left[0].Name(), ".lock"))
}

// No credential is in an error, in the log, in the progress or on the disk.
func TestCredentialsStaySecret(t *testing.T) {
	b, _ := small(t)
	f := serve(t, b)
	f.password = "s3cret/pass"
	var log bytes.Buffer
	o := f.options(t)
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Progress = func(p Progress) { fmt.Fprintln(&log, p) }
	with := func(user string) model.Repository {
		return model.Repository{URL: strings.Replace(f.URL, "https://", "https://"+user+"@", 1) + "/a"}
	}
	rs, err := mine(t, o, with("hermit:s3cret%2Fpass"), model.Period{})
	require.NoError(t, err)
	assert.NotEmpty(t, rs)
	fmt.Fprintln(&log, failure(t, o, with("hermit:wr0ng")))
	fmt.Fprintln(&log, failure(t, f.options(t), with("t0ken")))
	fmt.Fprintln(&log, failure(t, o, with("echo:p4ss")))
	assert.Contains(t, log.String(), "you said …")
	f.Close()
	fmt.Fprintln(&log, failure(t, o, with("hermit:s3cret%2Fpass")))
	for _, secret := range []string{"s3cret", "wr0ng", "t0ken", "hermit", "p4ss"} {
		assert.NotContains(t, log.String(), secret)
	}
	for _, name := range everyFile(o.Cache) {
		assert.NotContains(t, name, "s3cret")
		if st := must2(os.Stat(name)); !st.IsDir() {
			assert.NotContains(t, string(must2(os.ReadFile(name))), "s3cret", name)
		}
	}
}

func TestCloneEndsWithContext(t *testing.T) {
	b, _ := small(t)
	f := serve(t, b)
	f.stall = make(chan struct{})
	t.Cleanup(func() { close(f.stall) }) // before the server closes
	o := f.options(t)
	ctx, cancel := context.WithCancel(context.Background())
	var start time.Time
	time.AfterFunc(200*time.Millisecond, func() { start = time.Now(); cancel() })
	n := 0
	for _, err := range New(o).Mine(ctx, model.Repository{URL: f.URL + "/a"}, model.Period{}) {
		assert.ErrorIs(t, err, context.Canceled)
		n++
	}
	assert.Equal(t, 1, n)
	assert.Less(t, time.Since(start), 5*time.Second, "a second, but on a machine with much else to do")
	assert.Len(t, must2(os.ReadDir(o.Cache)), 1, "only the lock stays")
}

// Many minings of one repository share one clone.
func TestCloneAtOnce(t *testing.T) {
	b, all := small(t)
	f := serve(t, b)
	o := f.options(t)
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			var out records
			for r, err := range New(o).Mine(context.Background(), model.Repository{URL: f.URL + "/a"}, model.Period{}) {
				if !assert.NoError(t, err) {
					return
				}
				out = append(out, r)
			}
			assert.Len(t, out.subjects(), len(all))
		})
	}
	running.Wait()
	assert.Len(t, must2(os.ReadDir(o.Cache)), 2, "a clone and its lock")
}

func TestLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.lock")
	unlock, err := lock(context.Background(), file)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = lock(ctx, file)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	unlock()
	unlock, err = lock(context.Background(), file)
	require.NoError(t, err)
	unlock()
	_, err = lock(context.Background(), filepath.Join(t.TempDir(), "gone", "a.lock"))
	assert.ErrorContains(t, err, "locking a clone")
}

func TestRemoteProgress(t *testing.T) {
	var got []Progress
	p := &remoteProgress{m: &mining{address: "a", Source: New(&Options{Progress: func(p Progress) { got = append(got, p) }})}}
	for _, s := range []string{"Counting objects: 3\rCompressing objects:  50% (1/", "2)\rCompressing objects: 100% (2/2), done.\n", strings.Repeat("x", 5000)} {
		n, err := p.Write([]byte(s))
		require.NoError(t, err)
		assert.Equal(t, len(s), n)
	}
	assert.Equal(t, []Progress{{"a", "cloning", 2, 2}}, got)
	assert.Empty(t, p.last, "a line without an end is not kept for ever")
}
