package spoken

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributary-oss/tributary/score/report/locale"
)

// Help makes a command and all below it give their help in a language. English is cobra's own.
func Help(root *cobra.Command, l *locale.Locale) {
	if l.Lang() == locale.Default {
		return
	}
	root.InitDefaultHelpCmd()
	h := helper{l}
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), h.usage(c))
		return err
	})
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		about := strings.TrimSpace(c.Long)
		if about == "" {
			about = c.Short
		}
		if about != "" {
			about += "\n\n"
		}
		fmt.Fprint(c.OutOrStdout(), about, h.usage(c))
	})
	h.translate(root)
}

// Texts lists what a person can read in the helps of a command and all below it, in English:
// texts, what flags mean, and the words that stand for what a user puts in.
func Texts(root *cobra.Command) (list []string) {
	root.InitDefaultHelpCmd()
	each(root, func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		list = append(list, c.Short, c.Long)
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { list = append(list, f.Usage, varname(f)) })
		list = append(list, capitals.FindAllString(c.Use, -1)...)
	})
	return append(list, frame...)
}

// each visits a command and all below it.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, below := range c.Commands() {
		each(below, visit)
	}
}

// varname is the word that stands for a flag's value, "" where it takes none.
func varname(f *pflag.Flag) string {
	name, _ := pflag.UnquoteUsage(f)
	return name
}

// capitals are the words of a usage line that stand for what a user puts in.
var capitals = regexp.MustCompile(`\b[A-Z]+-OR-[A-Z]+\b|\b[A-Z]{3,}[A-Z0-9]*\b`)

// frame are the texts that cobra and pflag put round those of the commands, in a help and in
// faults of the command line. They are here, since no code of this module says them.
var frame = []string{
	"Usage:", "Aliases:", "Examples:", "Available Commands:", "Flags:", "Global Flags:",
	`Use "%s [command] --help" for more information about a command.`, "[flags]", "[command]", "(default %s)",
	"help for %s", "Help about any command",
	"Help provides help for any command in the application.\nSimply type %s help [path to command] for full details.",
	"string", "stringArray", "stringToString", "strings", "int", "uint", "float", "duration", "size", // what a flag takes
	"FILE", "DIR", "DIR2", "BIDDER", "FIGURE", "EDITION", "CLAIM", "IDENTITY", "FORMAT", "GROUP", "PATH-OR-URL", "WORKBOOK", "NAME", "GRANT", "SHEET", "REPOS", "CSV", "MONTH", // what a user types
}

// foreign are the faults of a command line that pflag and cobra find.
var foreign = []string{
	"unknown flag: %s", "unknown shorthand flag: %s in %s", "flag needs an argument: %s", "flag needs an argument: %s in %s",
	"invalid argument %s for %s flag: %s", "bad flag syntax: %s", "strconv.%s: parsing %s: invalid syntax",
	"strconv.%s: parsing %s: value out of range", "time: invalid duration %s", "time: missing unit in duration %s", "Unknown help topic %s",
	"accepts %d arg(s), received %d", "%s must be formatted as key=value", "requires at least %d arg(s), only received %d",
}

// Foreign lists the faults that others find in a command line, with %s and %d for what they put in.
func Foreign() []string { return foreign }

// helper gives helps in a language.
type helper struct{ l *locale.Locale }

func (h helper) say(s string) string {
	said, _ := h.l.Say(s)
	return said
}

// translate says the texts of a command and of all below it.
func (h helper) translate(root *cobra.Command) {
	each(root, func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Short, c.Long = h.say(c.Short), h.say(c.Long)
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			f.Usage = h.say(f.Usage)
		})
	})
}

// usage is what cobra's own template says of a command.
func (h helper) usage(c *cobra.Command) string {
	var b strings.Builder
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", h.say(title), strings.TrimRight(text, " \n"))
		}
	}
	lines := ""
	if c.Runnable() {
		lines += "  " + h.line(c.UseLine()) + "\n"
	}
	if c.HasAvailableSubCommands() {
		lines += "  " + h.line(c.CommandPath()+" [command]") + "\n"
	}
	section("Usage:", lines)
	if len(c.Aliases) > 0 {
		section("Aliases:", "  "+c.NameAndAliases())
	}
	section("Examples:", c.Example)
	section("Available Commands:", h.commands(c))
	section("Flags:", h.flags(c.LocalFlags()))
	section("Global Flags:", h.flags(c.InheritedFlags()))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", h.say(fmt.Sprintf(`Use "%s [command] --help" for more information about a command.`, c.CommandPath())))
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// line says the words of a usage line that stand for others.
func (h helper) line(s string) string {
	s = strings.NewReplacer("[flags]", h.say("[flags]"), "[command]", h.say("[command]")).Replace(s)
	return capitals.ReplaceAllStringFunc(s, h.say)
}

// commands lists the commands below one.
func (h helper) commands(c *cobra.Command) string {
	var b strings.Builder
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() || below.Name() == "help" {
			fmt.Fprintf(&b, "  %-*s %s\n", below.NamePadding(), below.Name(), below.Short)
		}
	}
	return b.String()
}

// flags lists flags with what they take, what they mean and what they are otherwise, in columns.
func (h helper) flags(set *pflag.FlagSet) string {
	var left, right []string
	width := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, about := pflag.UnquoteUsage(f)
		head := "      --" + f.Name
		if f.Shorthand != "" {
			head = "  -" + f.Shorthand + ", --" + f.Name
		}
		if name != "" {
			head += " " + h.say(name)
		}
		if shown := shownDefault(f); shown != "" {
			about += " " + h.say(fmt.Sprintf("(default %s)", shown))
		}
		left, right, width = append(left, head), append(right, about), max(width, len([]rune(head)))
	})
	var b strings.Builder
	for i := range left {
		fmt.Fprintf(&b, "%s%s   %s\n", left[i], strings.Repeat(" ", width-len([]rune(left[i]))), right[i])
	}
	return b.String()
}

// shownDefault is what a flag is where it is not given, "" where that is nothing.
func shownDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "false", "[]", "0s":
		return ""
	}
	if f.Value.Type() == "string" {
		return fmt.Sprintf("%q", f.DefValue)
	}
	return f.DefValue
}

// Unsaid lists the texts of the helps of a command that a language has no words for.
func Unsaid(root *cobra.Command, l *locale.Locale) (list []string) {
	for _, text := range Texts(root) {
		said, ok := l.Say(text)
		if !ok || l.Lang() != locale.Default && text != "" && said == text && !l.Has(text) {
			list = append(list, text)
		}
	}
	return list
}
