package e2e

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNotBuilt says that there is no server yet for what the module pins.
var ErrNotBuilt = errors.New("the server is not built; build it once with: go -C forge/gitea/e2e run ./build")

const (
	serverModule = "server" // folder of the module that pins it
	serverPath   = "code.gitea.io/gitea"
)

// Server is where a built server lies.
type Server struct {
	Version string // such as v1.26.0
	Binary  string
	Static  string // folder of templates and translations, which the binary does not hold
}

// Find returns the server that was built for what the module pins, and
// [ErrNotBuilt] where there is none. The current folder must be this package's.
func Find(ctx context.Context) (Server, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return Server{}, fmt.Errorf("looking for the cache folder: %w", err)
	}
	return find(ctx, cache)
}

func find(ctx context.Context, cache string) (Server, error) {
	s, err := locate(ctx, cache, false)
	if err != nil {
		return Server{}, err
	}
	if info, err := os.Stat(s.Binary); err != nil || !info.Mode().IsRegular() || s.Static == "" {
		return Server{}, ErrNotBuilt
	}
	return s, nil
}

// Build builds the server unless that was done before, and says in log what it does.
// Interrupted, it leaves no server behind that is not whole; two at once both build, and
// either result is good. The current folder must be this package's.
func Build(ctx context.Context, log io.Writer) (Server, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return Server{}, fmt.Errorf("looking for the cache folder: %w", err)
	}
	return build(ctx, cache, log)
}

func build(ctx context.Context, cache string, log io.Writer) (Server, error) {
	if s, err := find(ctx, cache); err == nil {
		fmt.Fprintf(log, "the server is built: %s\n", s.Binary)
		return s, nil
	}
	s, err := locate(ctx, cache, true)
	if err != nil {
		return Server{}, err
	}
	if err := os.MkdirAll(filepath.Dir(s.Binary), 0o755); err != nil {
		return Server{}, fmt.Errorf("making the folder of the server: %w", err)
	}
	clean(filepath.Dir(s.Binary))
	// In the same folder, because only there renaming is one step.
	dir, err := os.MkdirTemp(filepath.Dir(s.Binary), "building-")
	if err != nil {
		return Server{}, fmt.Errorf("making a folder to build in: %w", err)
	}
	defer os.RemoveAll(dir)
	fmt.Fprintf(log, "building %s %s; this takes ten minutes on two processors\n", serverPath, s.Version)
	began := time.Now()
	unnamed := filepath.Join(dir, filepath.Base(s.Binary))
	if err := compile(ctx, s.Version, unnamed, log); err != nil {
		return Server{}, err
	}
	if err := os.Rename(unnamed, s.Binary); err != nil {
		return Server{}, fmt.Errorf("putting the server into its place: %w", err)
	}
	fmt.Fprintf(log, "built in %v: %s\n", time.Since(began).Round(time.Second), s.Binary)
	return s, nil
}

// clean removes what builds left that were killed: no build takes a day.
func clean(folder string) {
	left, _ := filepath.Glob(filepath.Join(folder, "building-*"))
	for _, dir := range left {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.RemoveAll(dir)
		}
	}
}

// compile builds the server into a file. What is read as files at run time is not built
// in (tag bindata): that would need the front end's own tools.
func compile(ctx context.Context, version, file string, log io.Writer) error {
	c := exec.CommandContext(ctx, "go", append(append([]string{"build"}, flags(version)...), "-o", file, serverPath)...)
	c.Dir, c.Stdout, c.Stderr = serverModule, log, log
	c.Env = append(os.Environ(), "CGO_ENABLED=1", "GOWORK=off")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = time.Minute
	if err := c.Run(); err != nil {
		return fmt.Errorf("building %s: %w (a C compiler is needed, and what stands above)", serverPath, errors.Join(ctx.Err(), err))
	}
	return nil
}

func flags(version string) []string {
	return []string{"-mod=readonly", "-trimpath", "-tags", "sqlite sqlite_unlock_notify",
		"-ldflags", "-s -w -X main.Version=" + strings.TrimPrefix(version, "v")}
}

// locate says where the server belongs. Its name has a digest of all that decides what
// is built, so a binary that is there is the right one. With download the module is
// fetched where it is missing.
func locate(ctx context.Context, cache string, download bool) (Server, error) {
	module, err := pinned(ctx, download)
	if err != nil {
		return Server{}, err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s %q\n", runtime.GOOS, runtime.GOARCH, flags(module.Version))
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(serverModule, name))
		if err != nil {
			return Server{}, fmt.Errorf("reading what is pinned: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	name := fmt.Sprintf("gitea-%x", sum.Sum(nil)[:6])
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return Server{module.Version, filepath.Join(cache, "tributary", "gitea-"+module.Version, name), module.Dir}, nil
}

type module struct{ Version, Dir, Error string }

// pinned returns the server's module, whose folder is "" where it was not fetched yet.
func pinned(ctx context.Context, download bool) (module, error) {
	args := []string{"list", "-m", "-mod=readonly", "-json=Version,Dir", serverPath}
	if download {
		args = []string{"mod", "download", "-json", serverPath}
	}
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir, c.Env = serverModule, append(os.Environ(), "GOWORK=off")
	out, err := c.Output()
	var m module
	if e := json.Unmarshal(out, &m); e != nil || m.Error != "" || m.Version == "" {
		failed := (&exec.ExitError{})
		errors.As(err, &failed)
		return module{}, fmt.Errorf("asking go for %s: %w: %s", serverPath, cmp.Or(err, e), cmp.Or(m.Error, string(failed.Stderr)))
	}
	return m, nil
}
