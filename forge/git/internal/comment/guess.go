package comment

import "bytes"

// A guess names the language of a content, "" where it is in doubt.

// lineWith reports whether a line of the text begins with one of some words.
func lineWith(text []byte, words ...string) bool {
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		line = bytes.TrimLeft(line, " \t")
		for _, w := range words {
			if bytes.HasPrefix(line, []byte(w)) {
				return true
			}
		}
		text = rest
	}
	return false
}

// guessM tells Objective-C from MATLAB. Of the others that end in .m (Mercury, Mathematica,
// MUF, Limbo) nothing is known.
func guessM(content []byte) string {
	c := lineWith(content, "#import", "#include", "@interface", "@implementation", "@protocol", "@import")
	matlab := lineWith(content, "function ", "function[", "classdef ", "%")
	switch {
	case c && !matlab:
		return "Objective-C"
	case matlab && !c && !lineWith(content, ":-", "(*", "/*"):
		return "MATLAB"
	}
	return ""
}

// guessPerl tells Perl from Prolog, Raku and whatever else ends in .pl or .t.
func guessPerl(content []byte) string {
	if lineWith(content, ":-", "use v6", "#!/usr/bin/env raku", "%%") || !lineWith(content, "use ", "package ", "my ", "sub ", "require ") {
		return ""
	}
	return "Perl"
}

// guessFortran keeps Forth apart, whose words may begin with a C in the first column.
func guessFortran(content []byte) string {
	if lineWith(content, ": ", "\\ ", "( ") {
		return ""
	}
	return "Fortran in columns"
}
