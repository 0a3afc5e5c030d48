package saved

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// Writer writes a new file. Records go to the disk as they come; what stays in memory
// is some 30 bytes a commit and each identity once. The same calls make the same
// bytes. A Writer is for one goroutine.
type Writer struct {
	file   string
	base   *State
	tmp    *os.File // nil after Commit and Abort
	out    *bufio.Writer
	digest hash.Hash
	at     int64 // bytes written so far
	enc    encoder
	length []byte     // of a record; here so that it is not made for each
	rows   [256][]row // by the first byte of the name
}

// Create begins a file that takes the place of any other one when it is committed;
// folders that are missing are made. Until then it lies beside it under another
// name, readable to nobody else. Whoever creates it must call Commit or Abort; a process
// that is killed in between leaves it behind, as NAME.*.tmp.
//
// With a base of the same version, which may be the file that is replaced, records can
// be copied. It must stay open so long. Names and identities of the base are taken over,
// even those that no record has any more; begin without a base where most of it is void.
func Create(file, version string, base *State) (*Writer, error) {
	if base == nil {
		base = &State{version: version}
	}
	if base.version != version {
		return nil, wrap("saving over", file, ErrVersion)
	}
	folder, name := filepath.Split(filepath.Clean(file))
	if folder == "" {
		folder = "." // where CreateTemp would take the system's folder for such files
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, wrap("saving over", file, err)
	}
	tmp, err := os.CreateTemp(folder, name+".*.tmp")
	if err != nil {
		return nil, wrap("saving over", file, err)
	}
	w := &Writer{file: file, base: base, tmp: tmp, digest: sha256.New()}
	w.out = bufio.NewWriterSize(io.MultiWriter(w.digest, tmp), 1<<18)
	w.enc = encoder{names: newTable(base.names), actors: newTable(base.actors)}
	if err := w.write(header(version)); err != nil {
		w.Abort()
		return nil, wrap("saving over", file, err)
	}
	return w, nil
}

// Add writes the record of a commit. A record that cannot be kept as [Record] says is
// an error and is not written; the others are not touched by that. Full disks may show
// here or in Commit.
func (w *Writer) Add(h parse.Hash, r *Record) error {
	w.enc.b, w.enc.err = w.enc.b[:0], nil
	if w.enc.record(r); w.enc.err != nil {
		return fmt.Errorf("saving commit %v: %w", h, w.enc.err)
	}
	return w.append(h, w.enc.b)
}

// Copy writes record n of the base as it is there, without looking into it.
func (w *Writer) Copy(n int) (err error) {
	if w.enc.b, err = w.base.raw(w.enc.b[:0], n); err != nil {
		return fmt.Errorf("copying what was mined of a commit: %w", err)
	}
	return w.append(w.base.Name(n), w.enc.b)
}

// raw appends the bytes of record n. The file may be cut off at any time, and whoever
// writes cannot catch that, so they are taken out of it first.
func (s *State) raw(to []byte, n int) (b []byte, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer s.caught(&err)
	record := s.bytes(n)
	if len(record) == 0 {
		return nil, s.wrong(n)
	}
	return append(to, record...), nil
}

func (w *Writer) append(h parse.Hash, record []byte) error {
	w.rows[h[0]] = append(w.rows[h[0]], newRow(h, w.at))
	w.length = binary.AppendUvarint(w.length[:0], uint64(len(record)))
	if err := w.write(w.length); err != nil {
		return err
	}
	return w.write(record)
}

func (w *Writer) write(b []byte) error {
	w.at += int64(len(b))
	_, err := w.out.Write(b)
	return err
}

// Commit finishes the file and puts it in its place. tips are the branches that were
// mined. It is an error when a commit was added or copied twice. After an error the old
// file, if any, is still there, and the new one is not.
func (w *Writer) Commit(tips []model.Tip) error {
	err := w.finish(tips)
	if err == nil {
		err = w.tmp.Close()
	}
	if err == nil {
		err = os.Rename(w.tmp.Name(), w.file)
	}
	if err != nil {
		w.Abort()
		return wrap("saving over", w.file, err)
	}
	w.tmp = nil
	return nil
}

// Abort removes what was written. After Commit it does nothing, so it may be deferred.
func (w *Writer) Abort() {
	if w.tmp == nil {
		return
	}
	w.tmp.Close()
	os.Remove(w.tmp.Name())
	w.tmp = nil
}

// finish writes all that follows the records.
func (w *Writer) finish(tips []model.Tip) error {
	tables := w.at
	w.enc.b = w.enc.b[:0]
	w.enc.tables(tips)
	if err := w.write(w.enc.b); err != nil {
		return err
	}
	index := w.at
	if err := w.index(); err != nil {
		return err
	}
	footer := binary.LittleEndian.AppendUint64(nil, uint64(tables))
	footer = binary.LittleEndian.AppendUint64(footer, uint64(index))
	if err := w.write(footer); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	_, err := w.tmp.Write(w.digest.Sum(nil))
	return err
}

// index sorts the commits and writes where their records are.
func (w *Writer) index() error {
	count, fan := uint64(0), make([]byte, 0, fanBytes)
	for _, rows := range w.rows {
		if count += uint64(len(rows)); count > math.MaxUint32 {
			return errors.New("it has too many commits")
		}
		fan = binary.LittleEndian.AppendUint32(fan, uint32(count))
	}
	if err := w.write(fan); err != nil {
		return err
	}
	for _, rows := range w.rows {
		slices.SortFunc(rows, func(a, b row) int { return bytes.Compare(a[:], b[:]) })
		for i := range rows {
			if i > 0 && rows[i].name() == rows[i-1].name() {
				return fmt.Errorf("commit %v is in it twice", rows[i].name())
			}
			if err := w.write(rows[i][:]); err != nil {
				return err
			}
		}
	}
	return nil
}
