package parse

import (
	"slices"
	"strings"
)

// Trailer is a "Key: value" line at the end of a message.
type Trailer struct {
	Key   string // first letter upper case, the rest lower: "Reviewed-by"
	Value string // one line, continuation lines joined by spaces; may be empty
}

// parseTrailers reads the trailers of a message's body (everything below the
// first paragraph, which is the title and cannot hold trailers), and the last
// Change-Id. more says that there are others above the bound.
//
// Git's own reading comes first: the last paragraph is a block of trailers if
// every line of it is a trailer or continues one, or if at least a quarter are and
// one of them is git's own ("Signed-off-by: " or "(cherry picked from commit ").
// Comment lines and a "Conflicts:" list at the very end do not count.
//
// Then one step further than git: paragraphs straight above such a block that
// consist wholly of trailers belong to it too. Squash merges and clients that
// add a blank line before their own trailer split blocks in this way, and git
// would lose every review above the gap.
func parseTrailers(body []string) (trailers []Trailer, changeID string, more bool) {
	body = body[:endOfText(body)]
	start, last := blockStart(body)
	if start < len(body) {
		start = above(body, start)
	}
	changeID = changeIn(body[min(start, last):])
	for i := start; i < len(body); {
		end := i + 1
		if n := separator(body[i]); n > 0 {
			for end < len(body) && startsBlank(body[end]) && !isBlank(body[end]) {
				end++
			}
			if len(trailers) == trailersMost {
				return trailers, changeID, true
			}
			trailers = append(trailers, newTrailer(body[i:end], n))
		}
		i = end
	}
	return trailers, changeID, false
}

// newTrailer reads a trailer whose colon stands at n of the first line.
func newTrailer(lines []string, n int) Trailer {
	value := lines[0][n+1:]
	if len(lines) > 1 || len(value) > valueMost {
		var b strings.Builder
		for i, l := range lines {
			if i == 0 {
				l = value
			}
			if b.Len() > valueMost {
				break
			}
			b.WriteString(strings.TrimSpace(l))
			b.WriteByte(' ')
		}
		value = b.String()
	}
	return Trailer{Key: canonical(lines[0][:n]), Value: oneLine(value, valueMost)}
}

// canonical writes a key with its first letter in upper case, the rest in lower.
func canonical(key string) string {
	key = strings.ToLower(strings.TrimSpace(key))
	key = key[:min(len(key), nameMost)]
	return strings.ToUpper(key[:1]) + key[1:]
}

// separator returns where the colon of a trailer line stands, 0 or less where
// the line is none. Keys are ASCII letters, digits and "-", without inner spaces.
func separator(line string) int {
	if line == "" || startsBlank(line) {
		return -1
	}
	spaces := false
	for i := range len(line) {
		switch c := line[i]; {
		case c == ':':
			return i
		case !spaces && isKeyByte(c):
		case i > 0 && (c == ' ' || c == '\t'):
			spaces = true
		default:
			return -1
		}
	}
	return -1
}

func isKeyByte(c byte) bool {
	return c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isGits reports whether a line is of the two kinds that git itself writes.
func isGits(line string) bool {
	return strings.HasPrefix(line, "Signed-off-by: ") || strings.HasPrefix(line, "(cherry picked from commit ")
}

// endOfText returns how many lines are left without the comments, blank lines
// and list of conflicts that git leaves aside at the end of a message, and
// without what stands below its scissors.
func endOfText(body []string) int {
	if i := slices.Index(body, "# ------------------------ >8 ------------------------"); i >= 0 {
		body = body[:i]
	}
	end, conflicts := -1, false
	for i, line := range body {
		switch {
		case line == "" || line[0] == '#':
			if end < 0 {
				end = i
			}
		case line == "Conflicts:":
			conflicts = true
			if end < 0 {
				end = i
			}
		case conflicts && line[0] == '\t':
		case end >= 0:
			end, conflicts = -1, false
		}
	}
	if end < 0 {
		end = len(body)
	}
	for end > 0 && isBlank(body[end-1]) {
		end--
	}
	return end
}

// blockStart returns where the last paragraph begins and where the block of
// trailers does; the latter is len(body) where the paragraph is no such block.
func blockStart(body []string) (start, last int) {
	trailers, others, blanks, gits := 0, 0, 0, false
	i := len(body)
	// Upwards, so that lines of a continuation come before what they continue.
	for ; i > 0 && !isBlank(body[i-1]); i-- {
		switch line := body[i-1]; {
		case line[0] == '#':
			others += blanks
			blanks = 0
		case isGits(line):
			gits = true
			trailers++
			blanks = 0
		case separator(line) > 0:
			trailers++
			blanks = 0
		case startsBlank(line):
			blanks++
		default:
			others += blanks + 1
			blanks = 0
		}
	}
	others += blanks
	if gits && trailers*3 >= others || trailers > 0 && others == 0 {
		return i, i
	}
	return len(body), i
}

// above returns where the block begins once the paragraphs over it that consist
// wholly of trailers are counted in.
func above(body []string, start int) int {
	for {
		end := start
		for end > 0 && isBlank(body[end-1]) {
			end--
		}
		i := end
		for i > 0 && !isBlank(body[i-1]) {
			i--
		}
		if i == end || !allTrailers(body[i:end]) {
			return start
		}
		start = i
	}
}

func allTrailers(lines []string) bool {
	continues := false
	for _, line := range lines {
		if startsBlank(line) && continues {
			continue
		}
		if continues = separator(line) > 0; !continues && !isGits(line) {
			return false
		}
	}
	return true
}

// changeIn returns the last well-formed Change-Id among lines.
func changeIn(lines []string) string {
	for _, line := range slices.Backward(lines) {
		n := separator(line)
		if n <= 0 || !strings.EqualFold(strings.TrimSpace(line[:n]), "Change-Id") {
			continue
		}
		id := strings.TrimSpace(line[n+1:])
		if len(id) == 41 && id[0] == 'I' && strings.Trim(id[1:], "0123456789abcdef") == "" {
			return id
		}
	}
	return ""
}
