package command

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// aside writes a file beside its place and moves it there when it is whole: a run that fails,
// or a disk that is full, leaves what was there before.
func aside(name string, write func(io.Writer) error) (err error) {
	if at, err := os.Stat(name); err == nil && at.IsDir() {
		return usageError{fmt.Errorf("%s is a folder; name a file", name)}
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	buf := bufio.NewWriterSize(tmp, 1<<16)
	if err := cmp.Or(write(buf), buf.Flush(), tmp.Chmod(0o644), tmp.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return os.Rename(tmp.Name(), name)
}
