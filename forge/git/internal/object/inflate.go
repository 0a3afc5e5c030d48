package object

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"io"

	"github.com/klauspost/compress/flate"
)

// mostRatio is how many bytes one compressed byte can become at most: a repetition
// of 258 bytes takes two bits.
const mostRatio = 1032

// inflater uncompresses zlib streams (RFC 1950), one after the other.
type inflater struct {
	flate io.ReadCloser
	in    flate.Reader // one of the next two
	bytes bytes.Reader
	buf   *bufio.Reader
	last  [4]byte
}

// inMemory starts with a stream that b begins with.
func (z *inflater) inMemory(b []byte) error {
	z.bytes.Reset(b)
	z.in = &z.bytes
	return z.begin()
}

// from starts with a stream that r begins with.
func (z *inflater) from(r io.Reader) error {
	if z.buf == nil {
		z.buf = bufio.NewReaderSize(r, 4096)
	} else {
		z.buf.Reset(r)
	}
	z.in = z.buf
	return z.begin()
}

// begin checks the two bytes before the compressed ones: deflate with a window of
// at most 32 KiB, without a preset dictionary.
func (z *inflater) begin() error {
	method, err := z.in.ReadByte()
	flags, err2 := z.in.ReadByte()
	if err != nil || err2 != nil || method&15 != 8 || method>>4 > 7 || flags&0x20 != 0 || (int(method)<<8|int(flags))%31 != 0 {
		return fmt.Errorf("%w: it is not compressed by zlib", ErrCorrupt)
	}
	if z.flate == nil {
		z.flate = flate.NewReader(z.in)
		return nil
	}
	return z.flate.(flate.Resetter).Reset(z.in, nil)
}

// read fills b.
func (z *inflater) read(b []byte) error {
	if _, err := io.ReadFull(z.flate, b); err != nil {
		return fmt.Errorf("%w: it ends early: %w", ErrCorrupt, err)
	}
	return nil
}

// end checks that the stream ends here, with the checksum of all that was read.
func (z *inflater) end(sum uint32) error {
	b := z.last[:]
	if n, err := z.flate.Read(b[:1]); n != 0 || err != io.EOF {
		return fmt.Errorf("%w: it does not end where it should", ErrCorrupt)
	}
	if _, err := io.ReadFull(z.in, b); err != nil {
		return fmt.Errorf("%w: it ends early: %w", ErrCorrupt, err)
	}
	if binary.BigEndian.Uint32(b) != sum {
		return fmt.Errorf("%w: its checksum is wrong", ErrCorrupt)
	}
	return nil
}

// firstBytes is what is taken for a content at once, without knowing that it is
// there.
const firstBytes = 1 << 20

// content returns the next size bytes of a stream, of which left bytes remain at
// most, in a buffer of the reader's own.
func (r *Reader) content(size, left int64) ([]byte, error) {
	if size > r.store.o.MostBytes {
		return nil, tooLarge(size, r.store.o.MostBytes)
	}
	if size < 0 || size > left*mostRatio {
		return nil, fmt.Errorf("%w: it ends early: so little cannot become %d bytes", ErrCorrupt, size)
	}
	r.expect(size)
	b := r.buffers.take(int(min(size, firstBytes)))
	for n := 0; ; {
		if err := r.inflate.read(b[n:]); err != nil {
			r.buffers.give(b)
			return nil, err
		}
		if n = len(b); int64(n) == size {
			return b, nil
		}
		more := r.buffers.take(int(min(size, 2*int64(n))))
		copy(more, b)
		r.buffers.give(b)
		b = more
	}
}

// whole returns the content of a stream that is size bytes and nothing more.
func (r *Reader) whole(size, left int64) ([]byte, error) {
	b, err := r.content(size, left)
	if err != nil {
		return nil, err
	}
	if err := r.inflate.end(adler32.Checksum(b)); err != nil {
		r.buffers.give(b)
		return nil, err
	}
	return b, nil
}

func tooLarge(size, most int64) error {
	return fmt.Errorf("%w: its %d bytes are larger than %d MiB", ErrTooLarge, size, most>>20)
}
