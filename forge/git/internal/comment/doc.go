// Package comment tells whether two versions of a file differ in nothing but comments
// and white space.
//
// Both versions are read by the rules of the language: comments are dropped, white
// space is folded outside of strings, lines that are empty then are passed over, and
// what is left must be the same, line by line. Strings are compared byte by byte. Where
// indentation has meaning, it is compared too.
//
// A change to nothing but comments earns less. So a comment that is overlooked costs
// nobody anything, and code that is taken for a comment robs a contributor: in doubt
// it is code. In particular:
//
//   - A file of a language that [Languages] does not list is never looked at. The
//     name decides, of a file without an extension its "#!" line, and of an extension
//     that several languages share what else the file holds.
//   - A comment that a tool obeys ([Directives]) is code, and so is one in a template's
//     marks ({{, {%, <%), one that ends in a backslash, one in a document inside the
//     program, and everything in a Go file that talks to C.
//   - Where quotes can stand alone or span lines without being strings (Perl, Ruby),
//     the rest of a line with an open quote is code. So is a "//" behind a colon, for it
//     is an address.
//   - A change of the line breaks in code is a change of code.
//
// A Python string that is a statement of its own is a comment: the program passes
// over it. From a line with ">>>" on it is code, as doctest runs it.
//
// No library that is light enough knows this: go-enry has no syntax of comments, counters
// of lines such as gocloc and scc know the marks but not the strings of each language,
// and highlighters, which know both, build a tree of tokens where one answer is wanted.
package comment
