package class

import (
	"path"
	"strings"

	"github.com/go-enry/go-enry/v2/data"

	"github.com/tributary-oss/tributary/model"
)

// schemaLanguages are languages that linguist counts as data, for they have no
// flow of control, and that people design and write as they write programs:
// schemas, grammars, queries, rules and builds. They are code.
func schemaLanguages() []string {
	return []string{
		"ABNF", "ASN.1", "Avro IDL", "CIL", "Cloud Firestore Security Rules", "EBNF",
		"FlatBuffers", "GN", "Gradle", "Gradle Kotlin DSL", "GraphQL", "Kusto", "Lark",
		"Linux Kernel Module", "Ninja", "Prisma", "Protocol Buffer", "RBS", "ROS Interface",
		"SELinux Policy", "SPARQL", "SQL", "Soong", "TMDL", "Type Language",
		"WebAssembly Interface Type", "YANG", "Zmodel",
	}
}

// byLanguage tells prose, data and code apart by the languages that a name or an
// extension may stand for.
//
// A whole name goes first: CMakeLists.txt is no prose. Files whose name begins
// with a dot are settings whatever they are written in (.eslintrc.js, .bashrc),
// unless they are prose. Build files (Makefile, CMakeLists.txt, Dockerfile,
// setup.py) are programs and so code, while go.mod, package.json or pom.xml are
// data and so configuration; that both are upkeep is another question.
func (t *Table) byLanguage(name string) model.Class {
	base := path.Base(name)
	class := model.CodeFiles
	if named := data.LanguagesByFilename[base]; len(named) > 0 {
		class = t.ofLanguages(named)
	} else {
		class = t.ofLanguages(byExtension(base))
	}
	if class == model.CodeFiles && len(base) > 1 && base[0] == '.' {
		return model.ConfigurationFiles
	}
	return class
}

// byExtension returns the languages of the longest known extension, in linguist's
// order: of "a.d.ts" first ".d.ts", then ".ts".
func byExtension(base string) []string {
	base = strings.ToLower(base)
	for i, c := range []byte(base) {
		if c != '.' {
			continue
		}
		if l, ok := data.LanguagesByExtension[base[i:]]; ok {
			return l
		}
	}
	return nil
}

// ofLanguages decides by what a file may be written in. One that may be prose is
// (.md is Markdown a thousand times for each machine description of a compiler),
// one is data only where it can be nothing else.
func (t *Table) ofLanguages(languages []string) model.Class {
	settings := len(languages) > 0
	for _, l := range languages {
		switch data.Type(data.LanguagesType[l]) {
		case data.TypeProse:
			return model.DocumentationFiles
		case data.TypeData:
			settings = settings && !t.schemas[l]
		default:
			settings = false
		}
	}
	if settings {
		return model.ConfigurationFiles
	}
	return model.CodeFiles
}
