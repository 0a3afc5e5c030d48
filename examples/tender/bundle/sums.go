package bundle

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Files of every bundle that its list of digests does not name.
const (
	SumsFile      = "SHA256SUMS"
	SignatureFile = "SHA256SUMS.sig"
)

const (
	mostFiles = 1000
	mostSums  = 1 << 20  // bytes of the list
	mostJSON  = 64 << 20 // bytes of a file that is read whole
)

// sum is a line of the list.
type sum struct{ digest, name string }

// sumLine is a line of the list. Names are those that bundles have: they lead nowhere else.
var sumLine = regexp.MustCompile(`^([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]{0,99})$`)

// readSums reads the list of digests.
func readSums(root *os.Root) ([]sum, error) {
	text, err := readWhole(root, SumsFile, mostSums)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Difference{File: SumsFile, Text: "there is none: the folder holds no bundle, or one whose writing was interrupted; write it again"}
	}
	if err != nil {
		return nil, err
	}
	var list []sum
	last, n := "", 0
	for line := range strings.Lines(string(text)) {
		n++
		m := sumLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		switch {
		case m == nil || !strings.HasSuffix(line, "\n"):
			return nil, &Difference{File: SumsFile, Line: n, Text: "it is no digest with two spaces and the name of a file of a bundle"}
		case m[2] <= last:
			return nil, &Difference{File: SumsFile, Line: n, Text: fmt.Sprintf("%s stands out of order, or twice", m[2])}
		case n > mostFiles:
			return nil, &Difference{File: SumsFile, Line: n, Text: "it names more files than any bundle has"}
		}
		last = m[2]
		list = append(list, sum{m[1], m[2]})
	}
	return list, nil
}

// study are the files of a study of sensitivity, which may lie beside a bundle: it is made apart
// from the ranking and later, and is no part of the bundle.
var study = regexp.MustCompile(`^sensitivity(\.[a-z]{2})?\.(txt|csv|json|html)$`)

// checkSums holds every file against the list, and the list against what is there. It returns
// the files of a study that lie beside, sorted.
func checkSums(root *os.Root, list []sum) (beside []string, err error) {
	known := map[string]bool{SumsFile: true, SignatureFile: true}
	for _, s := range list {
		known[s.name] = true
		digest, err := digestOf(root, s.name)
		if err != nil {
			return nil, err
		}
		if digest != s.digest {
			return nil, &Difference{File: s.name, Text: fmt.Sprintf("its SHA-256 is %s, and %s has %s", digest, SumsFile, s.digest)}
		}
	}
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(100)
		for _, e := range entries {
			left := e.IsDir() && strings.HasPrefix(e.Name(), staging) || e.Name() == unsigned
			switch {
			case known[e.Name()] || left: // what an interrupted run left lies aside, and the bundle is whole
			case e.Type().IsRegular() && study.MatchString(e.Name()):
				beside = append(beside, e.Name())
			default:
				return nil, &Difference{File: e.Name(), Text: SumsFile + " does not name it; it is no part of the bundle, so move it away"}
			}
		}
		if err == io.EOF {
			slices.Sort(beside)
			return beside, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// open opens a file of the bundle: one that is a file, and no link to another.
func open(root *os.Root, name string) (*os.File, error) {
	at, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(name)
	}
	if err != nil {
		return nil, err
	}
	if !at.Mode().IsRegular() {
		return nil, &Difference{File: name, Text: "it is no plain file"}
	}
	return root.Open(name)
}

func missing(name string) error {
	return &Difference{File: name, Text: "it is missing", Err: fs.ErrNotExist}
}

func digestOf(root *os.Root, name string) (string, error) {
	f, err := open(root, name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, bufio.NewReaderSize(f, 1<<18)); err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// readWhole reads a file that must not be larger than it may be.
func readWhole(root *os.Root, name string, most int64) ([]byte, error) {
	f, err := open(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if int64(len(text)) > most {
		return nil, &Difference{File: name, Text: fmt.Sprintf("it is larger than %d MiB", most>>20)}
	}
	return text, nil
}
