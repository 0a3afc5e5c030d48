package git

import "github.com/tributary-oss/tributary/forge/git/internal/class"

// ClassRow is one line of the table that says which paths have which class.
type ClassRow = class.Row

// ClassMark is a text near the beginning of a file by which it is known as generated.
type ClassMark = class.Mark

// ClassTable returns our own part of what decides the class of a file, to be printed
// beside a tender. Where several rows hold a path, the class that comes first in the
// order of model.Class has it. The marks are looked for in files of these names, and
// a catalogue of messages in JSON, YAML or properties is known by a locale in its path.
// For all other files GitHub linguist's rules decide, as go-enry has them: what is
// generated, which names tests have, and which languages are prose or data.
//
// A pattern "name" is a file of this name in any folder, "name/" all below a folder of
// this name at any depth, "/name/" all below this folder of the root, and
// "folder/name" a file by the last parts of its path. "*" and "?" stand for anything but
// a slash. Letters match in their own case only.
func ClassTable() (rows []ClassRow, marks []ClassMark, locales []string) {
	return class.Patterns(), class.Marks(), class.Locales()
}
