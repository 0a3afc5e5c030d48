package parse

import (
	"bytes"
	"math"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// Signature says who did something and when, as a commit or tag states it:
// anybody can write anything there.
type Signature struct {
	Name string // display name, one line
	Mail string // address as written
	When time.Time
	// Bad says that there is no believable time, and that When is zero.
	Bad bool
}

// lastSecond is the end of the year 2199. Later times are nonsense, and would
// break arithmetic on times further on.
const lastSecond = 7258118399

// parseSignature reads "Name <mail> seconds zone" the way git does: the mail
// begins at the first "<", the time behind the last ">". The zone says nothing
// about the instant and is only checked. faults tell what was odd.
func parseSignature(b []byte, set *charmap.Charmap) (s Signature, faults []string) {
	left := bytes.IndexByte(b, '<')
	if left < 0 {
		s.Name, s.Bad = oneLine(decode(b, set), nameMost), true
		return s, []string{"no address and no time"}
	}
	s.Name = oneLine(decode(b[:left], set), nameMost)
	mail, _, closed := bytes.Cut(b[left+1:], []byte{'>'})
	if !closed {
		mail, faults = nil, append(faults, "unreadable address")
	}
	s.Mail = oneLine(decode(mail, set), nameMost)
	if s.Name == "" && s.Mail == "" {
		faults = append(faults, "neither name nor address")
	}
	at, fault := parseTime(b)
	if fault == "" || fault == badZone {
		s.When = time.Unix(at, 0).UTC()
	} else {
		s.Bad = true
	}
	if fault != "" {
		faults = append(faults, fault)
	}
	return s, faults
}

const badZone = "odd time zone"

// parseTime reads the seconds since 1970 behind the last ">" of a signature.
// With the fault [badZone] the time is good nevertheless.
func parseTime(b []byte) (at int64, fault string) {
	right := bytes.LastIndexByte(b, '>')
	if right < 0 {
		return 0, "no time"
	}
	b = bytes.TrimLeft(b[right+1:], " \t")
	if len(b) == 0 {
		return 0, "no time"
	}
	if b[0] == '-' {
		return 0, "time before 1970"
	}
	n := 0
	for ; n < len(b) && '0' <= b[n] && b[n] <= '9'; n++ {
		if at > math.MaxInt64/10-1 {
			return 0, "time after 2199"
		}
		at = at*10 + int64(b[n]-'0')
	}
	switch {
	case n == 0 || n < len(b) && b[n] != ' ':
		return 0, "unreadable time"
	case at > lastSecond:
		return 0, "time after 2199"
	case !isZone(bytes.TrimSpace(b[n:])):
		return at, badZone
	}
	return at, ""
}

// isZone reports whether b is "+hhmm" or "-hhmm" within a day.
func isZone(b []byte) bool {
	if len(b) != 5 || b[0] != '+' && b[0] != '-' {
		return false
	}
	for _, c := range b[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return (b[1]-'0')*10+b[2]-'0' < 24 && b[3] < '6'
}
