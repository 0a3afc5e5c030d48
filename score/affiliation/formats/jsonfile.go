package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// mostValue bounds, in bytes, one value of a JSON table, such as all that it says of one
// person.
const mostValue = 4 << 20

// jsonFile reads a JSON table value by value, so that only one of them is held at a time.
type jsonFile struct {
	notes
	dec   *json.Decoder
	in    *jsonInput
	start int64 // bytes before the decoder's first
}

// jsonValue is a value as it is written, in UTF-8.
type jsonValue struct {
	text []byte
	line int // that it begins in, from 1
}

// read reads a file that is one JSON object. It calls section with each key of the object,
// which must take the value by values, members or skip. An error says at which line and byte,
// counted from 1, the file stops being understood.
func (j *jsonFile) read(fsys fs.FS, name string, section func(key string) error) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	j.file = name
	j.in = &jsonInput{r: f}
	mark := make([]byte, 3)
	n, err := io.ReadFull(f, mark)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("%s: %w", name, err)
	}
	if string(mark) == "\ufeff" {
		j.start, j.in.read, n = 3, 3, 0
	}
	j.in.r = io.MultiReader(bytes.NewReader(mark[:n]), f)
	j.dec = json.NewDecoder(j.in)
	j.dec.UseNumber()
	if err := j.document(section); err != nil {
		return fmt.Errorf("%s, %w", name, j.place(err))
	}
	return nil
}

func (j *jsonFile) document(section func(key string) error) error {
	t, err := j.token()
	if err == nil && t != json.Delim('{') {
		err = errors.New("a JSON object was expected, which begins with {")
	}
	if err != nil {
		return err
	}
	for j.dec.More() {
		key, err := j.token()
		if err == nil {
			err = section(key.(string)) // the decoder takes nothing else for a key
		}
		if err != nil {
			return err
		}
	}
	if _, err := j.token(); err != nil {
		return err
	}
	switch _, err := j.token(); err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("the document has ended, but the file goes on")
	default:
		return err
	}
}

// values takes a list and yields its values. What is no list is left out and noted.
func (j *jsonFile) values(what string, yield func(v jsonValue)) error {
	return j.inside(what, '[', func() error {
		v, err := j.value()
		if err == nil {
			yield(v)
		}
		return err
	})
}

// members takes an object and yields its keys and values. What is no object is left out
// and noted.
func (j *jsonFile) members(what string, yield func(key string, v jsonValue)) error {
	return j.inside(what, '{', func() error {
		key, err := j.token()
		if err != nil {
			return err
		}
		v, err := j.value()
		if err == nil {
			yield(key.(string), v)
		}
		return err
	})
}

// skip takes a value and forgets it.
func (j *jsonFile) skip() error {
	t, err := j.token()
	if err != nil {
		return err
	}
	return j.rest(t)
}

// inside takes a list or an object, as open says, with an entry each call.
func (j *jsonFile) inside(what string, open json.Delim, entry func() error) error {
	t, err := j.token()
	if err != nil {
		return err
	}
	if t != open {
		kind := map[json.Delim]string{'[': "list", '{': "object"}[open]
		j.refuse(j.line(), "%s is left out, as it is no %s", what, kind)
		return j.rest(t)
	}
	return j.entries(entry)
}

func (j *jsonFile) entries(entry func() error) error {
	for j.dec.More() {
		if err := entry(); err != nil {
			return err
		}
	}
	_, err := j.token()
	return err
}

// rest takes what follows the first token of a value.
func (j *jsonFile) rest(first json.Token) error {
	ignore := func() error { _, err := j.value(); return err }
	switch first {
	case json.Delim('['):
		return j.entries(ignore)
	case json.Delim('{'):
		return j.entries(func() error {
			if _, err := j.token(); err != nil {
				return err
			}
			return ignore()
		})
	}
	return nil
}

// value takes one value, however deep. The decoder refuses more than 10,000 levels.
func (j *jsonFile) value() (jsonValue, error) {
	j.in.value = 0
	var raw json.RawMessage
	if err := j.dec.Decode(&raw); err != nil {
		return jsonValue{}, err
	}
	return jsonValue{[]byte(text(raw)), j.in.line(j.offset() - int64(len(raw)))}, nil
}

func (j *jsonFile) token() (json.Token, error) {
	j.in.value = 0
	return j.dec.Token()
}

// decode decodes a value into what to points at. What has another shape is left out and
// noted.
func (j *jsonFile) decode(v jsonValue, what string, to any) bool {
	if err := json.Unmarshal(v.text, to); err != nil {
		j.refuse(v.line, "%s is left out, as a part of it is no text, list or truth value where the form has one", what)
		return false
	}
	return true
}

// line returns the line of what was taken last.
func (j *jsonFile) line() int { return j.in.line(j.offset()) }

// offset returns how many bytes of the file are taken.
func (j *jsonFile) offset() int64 { return j.start + j.dec.InputOffset() }

// place says where an error happened. The decoder's own offsets count some bytes twice or
// not at all where values and tokens mix, so the value at fault is looked at anew.
func (j *jsonFile) place(err error) error {
	at := j.offset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		again := json.NewDecoder(j.dec.Buffered()).Decode(new(json.RawMessage))
		if exact, ok := errors.AsType[*json.SyntaxError](again); ok && exact.Error() == syntax.Error() {
			at += exact.Offset - 1 // it counts the offending byte too
		}
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		at, err = j.in.read, errors.New("the file ends before the document does")
	}
	return fmt.Errorf("line %d, byte %d: %w", j.in.line(at), at+1, err)
}

// jsonInput bounds what is read, and knows where lines begin.
type jsonInput struct {
	r      io.Reader
	read   int64
	value  int     // bytes read for the present value
	passed int     // line breaks before the place asked for last
	breaks []int64 // where the others are
}

// Read implements [io.Reader]. It fails where a value is longer than [mostValue], or the
// file than [mostBytes].
func (in *jsonInput) Read(p []byte) (int, error) {
	if in.value >= mostValue {
		return 0, fmt.Errorf("what follows is longer than %d MiB, which is refused; leave out what the tender does not need", mostValue>>20)
	}
	if in.read >= mostBytes {
		return 0, fmt.Errorf("the file is larger than %d MiB, which is refused; leave out what the tender does not need", mostBytes>>20)
	}
	n, err := in.r.Read(p[:min(int64(len(p)), int64(mostValue-in.value), mostBytes-in.read)])
	for i, c := range p[:n] {
		if c == '\n' {
			in.breaks = append(in.breaks, in.read+int64(i))
		}
	}
	in.read += int64(n)
	in.value += n
	return n, err
}

// line returns the line of the byte at an offset. Offsets must not fall.
func (in *jsonInput) line(offset int64) int {
	n := 0
	for n < len(in.breaks) && in.breaks[n] < offset {
		n++
	}
	in.passed += n
	in.breaks = in.breaks[n:]
	return in.passed + 1
}

// jsonText writes a value as JSON, indented as these tables are.
func jsonText(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	return enc.Encode(v)
}
