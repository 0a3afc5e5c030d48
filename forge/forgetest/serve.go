package forgetest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/server"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// Serve serves the bare repositories in a folder to be cloned, each by its name there, as
// git's smart protocol over HTTP. It is for tests: it asks nobody who they are.
func Serve(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, what, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
			http.NotFound(w, r)
			return
		}
		if err := upload(w, r, filepath.Join(dir, name), what == "info/refs"); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

// upload answers a request for a repository's references, or else for a pack.
func upload(w http.ResponseWriter, r *http.Request, dir string, references bool) error {
	st := filesystem.NewStorage(osfs.New(dir), cache.NewObjectLRUDefault())
	defer st.Close()
	at, err := transport.NewEndpoint("x://x/x")
	if err != nil {
		return err
	}
	session, err := server.NewServer(server.MapLoader{at.String(): st}).NewUploadPackSession(at, nil)
	if err != nil {
		return err
	}
	if references {
		refs, err := session.AdvertisedReferencesContext(r.Context())
		if err != nil {
			return err
		}
		refs.Prefix = [][]byte{[]byte("# service=git-upload-pack"), pktline.Flush}
		return refs.Encode(w)
	}
	req := packp.NewUploadPackRequest()
	if err := req.Decode(r.Body); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return err
	}
	// A client may leave in the middle, while the pack is still being made out of the storage:
	// it is made to its end all the same, as the storage must not be closed before.
	res, err := session.UploadPack(context.WithoutCancel(r.Context()), req)
	if err != nil {
		return err
	}
	var all bytes.Buffer
	if err := res.Encode(&all); err != nil {
		return err
	}
	_, err = all.WriteTo(w)
	return err
}
