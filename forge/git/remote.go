package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// clone opens the clone of a remote repository in the cache, made or brought up to
// date before. A lock keeps two processes, or two minings, from one clone
// until its references have been read; objects are only ever added.
func (m *mining) clone(ctx context.Context, a address) (*repository, error) {
	folder, err := m.cacheFolder()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(folder, a.cacheName())
	unlock, err := lock(ctx, dir+".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	sweep(dir)
	if m.o.Offline {
		if !exists(dir) {
			return nil, fmt.Errorf("there is no clone of it in %s, and offline none can be made; mine it once with a network", folder)
		}
		return m.openFolder(dir)
	}
	if exists(dir) {
		if err := m.fetch(ctx, a, dir); errors.Is(err, ErrTooLarge) {
			return nil, fmt.Errorf("bringing its clone up to date: %w", err)
		} else if err != nil {
			return nil, fmt.Errorf("bringing its clone up to date: %w; check the network and the address, or state the path %s to mine the clone as it is", err, dir)
		}
		now := time.Now()
		_ = os.Chtimes(dir, now, now) // by which the clone is known that was not used for the longest time
		return m.openFolder(dir)
	}
	part, err := os.MkdirTemp(folder, partPrefix+a.cacheName()+"-")
	if err != nil {
		return nil, fmt.Errorf("cloning: %w", err)
	}
	defer os.RemoveAll(part) // no more there when all went well
	if err := m.fetch(ctx, a, part); errors.Is(err, ErrTooLarge) {
		return nil, fmt.Errorf("cloning: %w", err)
	} else if err != nil {
		return nil, fmt.Errorf("cloning: %w; check the network, the address and your right to read it", err)
	}
	if err := os.Rename(part, dir); err != nil {
		return nil, fmt.Errorf("cloning: %w", err)
	}
	return m.openFolder(dir)
}

// cacheFolder returns the folder of all clones, which it makes where needed.
func (s *Source) cacheFolder() (string, error) {
	folder, err := s.clonesFolder()
	if err != nil {
		return "", fmt.Errorf("there is no folder to clone into (%w); state one in the options", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("making the folder of the clones: %w", err)
	}
	return folder, nil
}

// clonesFolder names the folder of all clones, whether it is there or not.
func (s *Source) clonesFolder() (string, error) {
	folder := s.o.Cache
	if folder == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		folder = filepath.Join(user, "tributary")
	}
	return filepath.Abs(folder)
}

// fetch brings a bare repository up to date with all branches and tags of a remote
// one, and with its references to changes where they are asked for, which also takes
// away what is not there any more. What go-git says may hold credentials, so its
// errors go on as cleaned text.
//
// go-git greets an ssh server without a context. Where the context ends while the
// server keeps silent, that goroutine is left behind until the connection ends; it
// asks the context before it writes anything.
func (m *mining) fetch(ctx context.Context, a address, dir string) error {
	m.progress("cloning", 0, 0)
	done := make(chan error, 1)
	in := &intake{most: m.o.mostBytes()}
	ctx = context.WithValue(ctx, guardedKey{}, guarded{m.https(), in})
	go func() {
		st := clonedStorage{filesystem.NewStorage(osfs.New(dir), cache.NewObjectLRUDefault()), ctx, dir, in, m.o.packLimits()}
		defer st.Close()
		done <- guard(func() error { return m.fetchInto(ctx, a, st) })
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case <-done:
		case <-time.After(patience):
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return errors.New("it has no commits")
	case in.err() != nil:
		return in.err()
	case errors.Is(err, ErrTooLarge):
		return err
	case err != nil:
		return fetchError(err, in.cut.Load(), a.clean(err.Error()))
	}
	return nil
}

// patience is how long a transfer may take to notice that its context has ended.
const patience = 700 * time.Millisecond

func (m *mining) fetchInto(ctx context.Context, a address, st clonedStorage) error {
	if !exists(filepath.Join(st.dir, "HEAD")) {
		if _, err := gogit.Init(st, nil); err != nil {
			return err
		}
	}
	url := a.url
	if rest, ok := strings.CutPrefix(url, "https:"); ok {
		url = guardedScheme + ":" + rest
	}
	remote := gogit.NewRemote(st, &config.RemoteConfig{Name: "origin", URLs: []string{url}})
	var auth transport.AuthMethod
	if a.user != "" || a.secret != "" {
		auth = &http.BasicAuth{Username: a.user, Password: a.secret}
	}
	refs, err := remote.ListContext(ctx, &gogit.ListOptions{Auth: auth})
	if err != nil {
		return err
	}
	err = remote.FetchContext(ctx, &gogit.FetchOptions{
		RemoteName: "origin", Auth: auth,
		RefSpecs: m.refSpecs(), Tags: gogit.NoTags, Prune: true, Force: true, Progress: &remoteProgress{m: m},
	})
	if err != nil && !errors.Is(err, gogit.NoErrAlreadyUpToDate) {
		return err
	}
	return st.setHead(refs)
}

// refSpecs returns what to fetch. There is no "+" before them, as Force says the same:
// go-git does not find a reference with one at the remote side when it prunes, and
// would delete and write every reference anew.
func (m *mining) refSpecs() []config.RefSpec {
	specs := []config.RefSpec{"refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"}
	if prefixes, known := changePrefixes(m.forge); known && m.wantsHeads() {
		specs = append(specs, config.RefSpec(changeSpec(prefixes[0])))
	}
	return specs
}

// setHead makes HEAD name the branch that it names at the remote repository.
func (st clonedStorage) setHead(refs []*plumbing.Reference) error {
	heads := map[string]hash{}
	var at hash
	for _, ref := range refs {
		switch {
		case ref.Name() == plumbing.HEAD && ref.Type() == plumbing.SymbolicReference:
			return st.SetReference(ref)
		case ref.Name() == plumbing.HEAD:
			at = hash(ref.Hash())
		case ref.Name().IsBranch():
			heads[ref.Name().Short()] = hash(ref.Hash())
		}
	}
	if name := likelyHead(at, heads); name != "" {
		return st.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, plumbing.NewBranchReferenceName(name)))
	}
	return nil
}

// clonedStorage is go-git's storage, save that a pack is indexed when it has come
// in whole, and in the goroutine that asked for it: go-git's own writer starts
// another one, where a panic on a broken pack could not be caught.
type clonedStorage struct {
	*filesystem.Storage
	ctx  context.Context
	dir  string
	in   *intake
	most packLimits
}

// PackfileWriter implements go-git's storer.PackfileWriter.
func (st clonedStorage) PackfileWriter() (io.WriteCloser, error) {
	folder := filepath.Join(st.dir, "objects", "pack")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(folder, "tmp_pack_")
	if err != nil {
		return nil, err
	}
	return &packWriter{f, st, folder}, nil
}

// packWriter writes a pack as it comes in. It is no os.File, which would let io.Copy pass
// by what is counted here.
type packWriter struct {
	f      *os.File
	st     clonedStorage
	folder string
}

// Write implements io.Writer.
func (w *packWriter) Write(b []byte) (int, error) {
	if err := w.st.in.take(&w.st.in.pack, len(b)); err != nil {
		return 0, err
	}
	return w.f.Write(b)
}

// Close indexes the pack. One that was stopped by a limit is removed.
func (w *packWriter) Close() error {
	if err := w.st.in.err(); err != nil {
		return errors.Join(err, w.f.Close(), os.Remove(w.f.Name()))
	}
	defer w.st.Reindex()
	return finishPack(w.st.ctx, w.f, w.folder, w.st.most)
}

// remoteProgress reads how far a remote side says it is, in lines such as
// "Compressing objects:  45% (123/456)".
type remoteProgress struct {
	m    *mining
	last []byte
}

var progressLine = regexp.MustCompile(`\((\d+)/(\d+)\)`)

// Write implements io.Writer.
func (p *remoteProgress) Write(b []byte) (int, error) {
	p.last = append(p.last, b...)
	if i := bytes.LastIndexAny(p.last, "\r\n"); i >= 0 {
		if all := progressLine.FindAllSubmatch(p.last[:i], -1); len(all) > 0 {
			done, _ := strconv.Atoi(string(all[len(all)-1][1]))
			total, _ := strconv.Atoi(string(all[len(all)-1][2]))
			p.m.progress("cloning", done, total)
		}
		p.last = append(p.last[:0], p.last[i+1:]...)
	}
	if len(p.last) > 1<<12 {
		p.last = p.last[:0]
	}
	return len(b), nil
}
