package parse

import (
	"bytes"
	"errors"
	"strings"
)

// Tag is an annotated tag object.
type Tag struct {
	Object Hash
	Type   string // of the object: "commit", "tree", "blob" or "tag"
	Name   string
	// Tagger is bad and empty in tags made before git 0.99.9.
	Tagger Signature
	// Subject is the first paragraph of the message on one line; a tag without
	// words has none, whether it is signed or not.
	Subject string
}

var errTag = errors.New("tag without a readable object, type and name; check the repository with git fsck")

// ParseTag reads a tag object. It fails where object, type or name are unreadable.
func ParseTag(b []byte) (Tag, error) {
	v, ok := bytes.CutPrefix(b, []byte("object "))
	var t Tag
	if t.Object, b, ok = hashLine(v, ok); !ok {
		return Tag{}, errTag
	}
	if t.Type, b, ok = textLine(b, "type "); !ok {
		return Tag{}, errTag
	}
	if t.Name, b, ok = textLine(b, "tag "); !ok {
		return Tag{}, errTag
	}
	t.Tagger.Bad = true
	set := charset("")
	for len(b) > 0 && b[0] != '\n' {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte{'\n'})
		if v, ok := bytes.CutPrefix(line, []byte("tagger ")); ok && t.Tagger == (Signature{Bad: true}) {
			t.Tagger, _ = parseSignature(v, set)
		}
	}
	b, _, _ = bytes.Cut(b, []byte{0})
	title, _ := splitTitle(messageText(b[:min(len(b), messageMost)], set))
	title, _, _ = strings.Cut(title, "-----BEGIN ") // a signature may follow at once
	t.Subject = oneLine(strings.ReplaceAll(title, "\n", " "), subjectMost)
	return t, nil
}

// textLine reads the rest of a line that begins with key and is not empty.
func textLine(b []byte, key string) (value string, rest []byte, ok bool) {
	line, rest, found := bytes.Cut(b, []byte{'\n'})
	v, ok := bytes.CutPrefix(line, []byte(key))
	value = oneLine(decode(v, charset("")), nameMost)
	return value, rest, ok && found && value != ""
}
