package class

import (
	"bytes"
	"strings"
)

// isCatalogue finds catalogues in formats that serve other ends, too: JSON, YAML
// or properties. Such a file is one where a folder says so and a name says which
// language: locales/fr.yml, i18n/de-AT/menu.json, translations/messages.nb.yaml.
// Neither alone would do: i18n/config.json is settings, fr.json may be a sample of
// anything. A .resx file needs the language only (Form.fr.resx), for without it
// it holds a form's own resources.
func (t *Table) isCatalogue(name, ext string) bool {
	switch ext {
	case ".resx":
		return t.endsInLocale(strings.TrimSuffix(name[:len(name)-len(ext)], "/"))
	case ".json", ".yml", ".yaml", ".properties", ".toml", ".ini", ".xml", ".ftl", ".dtd", ".php", ".strings":
	default:
		return false
	}
	rest := name[:len(name)-len(ext)]
	for inside := false; ; {
		part, below, ok := strings.Cut(rest, "/")
		if !ok {
			return inside && (t.isLocale(part) || t.endsInLocale(part))
		}
		if inside && t.isLocale(part) {
			return true
		}
		inside = inside || isCatalogueFolder(part)
		rest = below
	}
}

func isCatalogueFolder(name string) bool {
	switch name {
	case "locale", "locales", "i18n", "l10n", "lang", "langs", "translations":
		return true
	}
	return false
}

// isLocale reports whether the name is a language, perhaps with a territory,
// script or variant: "pt", "pt_BR", "zh-Hans-TW", "sr@latin".
func (t *Table) isLocale(name string) bool {
	for i := 0; i <= 3 && i < len(name); i++ {
		switch name[i] {
		case '_', '-', '@':
			return t.locales[name[:i]] && isVariant(name[i+1:])
		}
	}
	return t.locales[name]
}

// isVariant accepts "BR", "419", "Latn" and "Hans-TW", and refuses words: what
// follows a language in "is_admin" or "no-cache" names no place.
func isVariant(name string) bool {
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '-' || r == '_' || r == '@' }) {
		upper := part[0] >= 'A' && part[0] <= 'Z'
		digit := part[0] >= '0' && part[0] <= '9'
		switch {
		case len(part) == 2, len(part) == 3 && digit, len(part) == 4 && upper:
		case part == "latin", part == "cyrillic", part == "valencia":
		default:
			return false
		}
	}
	return name != ""
}

// endsInLocale looks behind each separator of the last part: "messages.pt_BR".
func (t *Table) endsInLocale(name string) bool {
	name = name[strings.LastIndexByte(name, '/')+1:]
	for i := max(1, len(name)-len("zh-Hans-TW")); i < len(name); i++ {
		switch name[i-1] {
		case '.', '_', '-':
			if t.isLocale(name[i:]) {
				return true
			}
		}
	}
	return false
}

// isQtCatalogue tells Qt's catalogues from TypeScript, whose extension they share.
func isQtCatalogue(content []byte) bool {
	const prolog = 512
	head := content[:min(len(content), prolog)]
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<?xml")) && !bytes.HasPrefix(head, []byte("<!DOCTYPE TS")) {
		return bytes.HasPrefix(head, []byte("<TS "))
	}
	return bytes.Contains(head, []byte("<!DOCTYPE TS")) || bytes.Contains(head, []byte("<TS "))
}
