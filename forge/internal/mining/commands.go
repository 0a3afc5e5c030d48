package mining

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Merge robots act for whoever writes a command into a comment. Prow, which Kubernetes
// and OpenShift use, merges once there is an /lgtm and an /approve
// (https://docs.prow.k8s.io/docs/components/plugins/approve/approvers/); bors and homu
// merge on "bors r+" (https://bors.tech/documentation/); Mergify on "@mergifyio queue";
// many small ones on "/merge".
var command = regexp.MustCompile(`^(?:(/(?:lgtm|approve|merge|shipit|queue))(?:\s+(cancel|no-issue))?|@?(bors|homu)[:\s]+(r\+|r=\S+|merge|r-|merge-)|@(mergifyio|mergify)\s+(queue|merge)|@dependabot\s+(merge|squash and merge))(?:\s|$)`)

// Command is a command that stands in a comment.
type Command struct {
	Verb string // as it is written, in lower case
	In   int    // which of the comments
}

// Commands returns the commands to a merge robot that comments give, in order, without
// those that a later one takes back. Quoted lines and blocks of code are somebody
// else's words.
func Commands(comments []string) (orders []Command) {
	for n, text := range comments {
		code := false
		for line := range strings.Lines(text) {
			line = orderly(line)
			if fence(line) {
				code = !code
			}
			found := command.FindStringSubmatch(line)
			switch {
			case code || found == nil:
			case found[2] == "cancel" || found[4] == "r-" || found[4] == "merge-":
				orders = slices.DeleteFunc(orders, func(o Command) bool { return strings.HasPrefix(o.Verb, cmp.Or(found[1], found[3])) })
			default:
				orders = append(orders, Command{strings.TrimSpace(found[0]), n})
			}
		}
	}
	return orders
}

// orderly is a line as commands are looked for in it: without the space around it, in
// lower case, and no longer than any command.
func orderly(line string) string {
	line = strings.TrimSpace(line)
	return strings.ToLower(line[:min(len(line), mostLine)])
}

// mostLine is how many bytes of a line may be a command.
const mostLine = 500

func fence(line string) bool { return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~") }

// Orders returns the lines of a comment that [Commands] would look at, and which give the
// same commands: those that are one, and those around blocks of code. They have at most so
// many bytes, so that the whole of a comment need not be kept.
func Orders(text string, most int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = orderly(line); !fence(line) && !command.MatchString(line) {
			continue
		}
		if fence(line) {
			line = line[:3]
		}
		if b.Len()+len(line) >= most {
			break
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// robotName matches the accounts of merge robots, many of which are ordinary users to
// GitHub. It decides only whether their commands are looked for; who is a robot is
// for the judge to say.
var robotName = regexp.MustCompile(`(?i)(^|[-_])(bot|robot|bors|homu|ci|automation|mergify|bulldozer|kodiak\w*|prow|tide|zuul)([-_]|$)|(bot|robot|bors)$|\[bot\]$`)

// LooksLikeRobot reports whether an account's name is one that merge robots have.
func LooksLikeRobot(login string) bool { return robotName.MatchString(login) }
