package object

import (
	"bytes"
	"fmt"
	"os"

	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// indexAnew reads a whole pack with go-git and makes an index of it, in memory.
// Everything runs in this goroutine, so that a panic on a broken pack can be caught.
func indexAnew(name string) (i *index, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the pack is broken: %v", p)
		}
	}()
	w := &idxfile.Writer{}
	p, err := packfile.NewParser(packfile.NewScanner(f), w)
	if err != nil {
		return nil, err
	}
	if _, err := p.Parse(); err != nil {
		return nil, err
	}
	made, err := w.Index()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if _, err := idxfile.NewEncoder(&out).Encode(made); err != nil {
		return nil, err
	}
	return parseIndex(out.Bytes())
}
