package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// copied is a copy of the file of what forges said, on this machine's own disk: a store is read at
// random places, which object stores are slow at, and its owner may go on writing.
type copied struct {
	*store.Store
	dir    string
	digest string // SHA-256 of the file
}

// copyStore copies a store into a folder for temporary files and opens it.
func copyStore(ctx context.Context, name string, log *slog.Logger) (*copied, error) {
	if !strings.Contains(name, "://") {
		// A file that is written meanwhile would be copied torn.
		held, err := store.Open(ctx, name, &store.Options{ReadOnly: true, Log: log})
		if err != nil {
			return nil, err
		}
		defer held.Close()
	}
	dir, err := os.MkdirTemp("", "fleet-store-")
	if err != nil {
		return nil, err
	}
	c := &copied{dir: dir}
	file := filepath.Join(dir, "forges.db")
	if c.digest, err = download(ctx, name, file); err == nil {
		c.Store, err = store.Open(ctx, file, &store.Options{ReadOnly: true, Log: log})
	}
	// An open file needs no name, where the system lets it lose it. So nothing is left where a runner
	// ends the process; elsewhere close removes it.
	gone := os.RemoveAll(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("copying %s: %w", name, err), gone)
	}
	return c, nil
}

// download copies a file of any of Beam's file systems, and returns its SHA-256 in hexadecimal.
func download(ctx context.Context, name, to string) (digest string, err error) {
	f, err := filesystem.New(ctx, name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	in, err := f.OpenRead(ctx, name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), in)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, out.Close())
}

// answer makes the store the source of each host of which it knows a repository of the tender.
func (c *copied) answer(t *model.Tender, to forge.Hosts) error {
	for _, p := range t.Projects {
		for _, r := range p.Repositories {
			host := hosts.Of(r)
			if host == "" || to[host] != nil {
				continue
			}
			known, err := c.Knows(r.Address())
			if err != nil {
				return err
			}
			if known {
				to[host] = c.Source()
			}
		}
	}
	return nil
}

// close closes the copy and removes it.
func (c *copied) close() {
	c.Close()
	os.RemoveAll(c.dir)
}
