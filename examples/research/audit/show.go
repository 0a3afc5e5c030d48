package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// mostShown is how many bytes of a text of strangers coders are shown.
const mostShown = 200

// cut shortens a text to whole characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// shower writes decisions so that a person can judge them. Nothing in it may tell what the
// engine decided.
type shower struct {
	collector *Collector
	link      func(repository string, a model.Artifact) string
	l         *locale.Locale
}

func (s *shower) item(q Question, u unit) Item {
	i := Item{Question: q}
	p := u.project
	switch q {
	case Identity:
		i.Asked = s.l.T("Are A and B one person?")
		i.A, i.B = s.identity(p, u.a), s.identity(p, u.b)
		i.Look = append(s.newest(p, u.a, 2), s.newest(p, u.b, 2)...)
	case Affiliation:
		i.Asked = s.l.T("Did person A work for organisation B on %s?", s.l.Date(u.month.when))
		i.A, i.B = s.person(p, u.month.act.ident), s.organisation(u.org)
		i.Look = append([]string{s.at(u.month.act.repository, u.month.act.artifact)}, s.newest(p, u.month.act.ident, 2)...)
	case Bot:
		i.Asked = s.l.T("Is A a program (a robot, an AI agent or the forge itself) and not a person?")
		i.A, i.B = s.identity(p, u.a), s.subjects(p, u.a)
		i.Look = s.newest(p, u.a, 3)
	case Duplicate:
		i.Asked = s.l.T("Is A the same piece of work as B, which the project had accepted before?")
		i.A, i.B = s.commit(p, u.a), s.commit(p, u.b)
		i.Look = []string{s.at(p.commits[u.a].repository, p.commits[u.a].artifact), ""}
		if u.b >= 0 {
			i.Look[1] = s.at(p.commits[u.b].repository, p.commits[u.b].artifact)
		} else {
			k := &p.commits[u.a]
			i.B, i.Look[1] = string(k.of), s.at(k.repository, k.of)
		}
	}
	i.Look = slices.Compact(slices.DeleteFunc(i.Look, func(l string) bool { return l == "" }))
	return i
}

// identity writes an identity and when it was seen.
func (s *shower) identity(p *project, n int32) string {
	i := &p.idents[n]
	return named(i.Identity) + "; " + s.l.T("%d acts", i.acts) + ", " + s.span(i.first, i.last) + "; " + p.name
}

// named writes all that a source saw of an actor.
func named(id model.Identity) string {
	text := cut(id.Name, mostShown)
	if id.Mail != "" {
		text = strings.TrimSpace(text + " <" + cut(id.Mail, mostShown) + ">")
	}
	if id.Login != "" {
		text = strings.TrimSpace(text + " @" + cut(id.Login, mostShown))
	}
	if id.Account != "" {
		text = strings.TrimSpace(text + " (" + cut(id.Account, mostShown) + ")")
	}
	return text
}

// span writes from when to when something was seen.
func (s *shower) span(first, last time.Time) string {
	if a, b := s.l.Date(first), s.l.Date(last); a != b {
		return a + " – " + b
	}
	return s.l.Date(first)
}

// person writes an identity and the others of the same person, as the engine has it.
func (s *shower) person(p *project, n int32) string {
	text := s.identity(p, n)
	var also []string
	for m := range p.idents {
		if i := &p.idents[m]; int32(m) != n && i.person != "" && i.person == p.idents[n].person && !i.looksLike(&p.idents[n]) && len(also) < 3 {
			also = append(also, named(i.Identity)+" ("+s.span(i.first, i.last)+")")
		}
	}
	if len(also) > 0 {
		text += "; " + s.l.T("also seen as: %s", strings.Join(also, ", "))
	}
	return text
}

// organisation writes an organisation with the mail domains that the document says are its own.
func (s *shower) organisation(vendor string) string {
	text := s.collector.roster.Name(vendor)
	var domains []string
	for _, d := range s.collector.tender.Vendors[vendor].Domains {
		domains = append(domains, d.Name)
	}
	if len(domains) > 0 {
		text += " (" + strings.Join(domains, ", ") + ")"
	}
	return text
}

// subjects writes what an identity's newest commits say they do.
func (s *shower) subjects(p *project, n int32) string {
	var list []string
	for _, k := range p.idents[n].newest {
		list = append(list, s.l.T("“%s”", p.commits[k].subject))
	}
	return strings.Join(list, ", ")
}

// commit writes what is known of a commit, "" of none.
func (s *shower) commit(p *project, n int32) string {
	if n < 0 {
		return ""
	}
	k := &p.commits[n]
	text := fmt.Sprintf("%.12s ", k.artifact.Name()) + s.l.T("“%s”", k.subject)
	if k.author >= 0 {
		text += "; " + named(p.idents[k.author].Identity)
	}
	text += "; " + s.l.T("written %s, accepted %s (UTC)", k.authored.UTC().Format(time.DateTime), k.at.UTC().Format(time.DateTime))
	if k.lines {
		text += fmt.Sprintf("; +%d −%d", k.added, k.deleted)
	}
	return text
}

// newest says where the newest commits of an identity are to be seen.
func (s *shower) newest(p *project, n int32, most int) []string {
	var list []string
	for _, k := range p.idents[n].newest[:min(most, len(p.idents[n].newest))] {
		list = append(list, s.at(p.commits[k].repository, p.commits[k].artifact))
	}
	return list
}

// at says where an artifact is to be seen: in a browser, else by a command in a clone.
func (s *shower) at(repository string, a model.Artifact) string {
	address := ""
	if s.link != nil {
		address = s.link(repository, a)
	}
	if a.Kind() == model.CommitArtifact {
		return cmp.Or(address, fmt.Sprintf("git -C %s show --stat -p %.12s", quoted(repository), a.Name()))
	}
	return cmp.Or(address, string(a)+" @ "+repository)
}

// quoted writes a path as shells take it.
func quoted(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
