package tenderfile

import (
	"io/fs"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// erased reads the list of people whose identities must not be held:
//
//	tributary-erased/1 SALT
//	HASH
//	…
//
// with a hash of [model.EraseHash] a line; what follows # is a remark. A list that cannot
// be read is a fault: who is on it would be held after all.
func (c *check) erased(fsys fs.FS) {
	if c.tender.ErasedFile == "" {
		return
	}
	at := c.root.at("erased")
	name := path.Join(path.Dir(c.file), c.tender.ErasedFile)
	if !fs.ValidPath(c.tender.ErasedFile) {
		c.fault(at, "%s is no path beside the tender; write one such as erased.txt", quote(c.tender.ErasedFile))
		return
	}
	list := &document{file: name, collector: c.collector}
	b, err := list.load(fsys)
	if err != nil || len(b) > maxBytes {
		c.fault(at, "the list of erased people %s cannot be read; put the file beside the tender, or correct the name", quote(name))
		return
	}
	e := &model.Erased{Hashes: map[string]bool{}}
	number := 0
	for line := range strings.Lines(string(b)) {
		number++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		switch {
		case number == 1 && len(words) == 2 && words[0] == model.ErasedFormat && len(words[1]) >= 16:
			e.Salt = words[1]
		case number == 1:
			list.faultAt(1, 1, "a list of erased people begins with "+model.ErasedFormat+" and a salt of at least 16 characters")
			return
		case len(words) == 1 && len(words[0]) == 64 && strings.Trim(words[0], "0123456789abcdef") == "":
			e.Hashes[words[0]] = true
		case len(words) > 0:
			list.faultAt(number, 1, "this is no hash; write 64 hexadecimal digits in lower case, as tender person ADDRESS --erase does")
		}
	}
	if number == 0 {
		list.faultAt(1, 1, "the list is empty; it begins with "+model.ErasedFormat+" and a salt")
	}
	c.tender.Erased = e
}
