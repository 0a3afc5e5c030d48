package score

import (
	"slices"
	"strings"
	"unicode"
)

// BotSign is a measure by which robots stand out.
type BotSign struct {
	Name   string
	Doc    string  // what is measured, its unit and its range
	Source string  // where it is used or studied
	Least  int     // of what it looks at; with less it says nothing
	Hint   float64 // value from which it is a hint; 0 never
	Alone  float64 // value from which it is plain by itself; 0 never

	measure func(h *habits) (value float64, of int)
}

// Where the signs come from.
const (
	biman   = "Dey et al., Detecting and characterizing bots that commit code, MSR 2020 (BIMAN)"
	bodegha = "Golzadeh et al., A ground-truth dataset and classification model for detecting bots in GitHub issue and PR comments, JSS 2021 (BoDeGHa)"
	hunter  = "Abdellatif et al., BotHunter, MSR 2022"
	nights  = "Claes et al., Do programmers work at night or during the weekend?, ICSE 2018"
)

// BotSigns returns the signs of robots, in the order in which they are shown.
//
// Evenness is measured by what is done in the quietest hours, and not by a test
// against chance such as chi-square: with a thousand acts even robots differ from an
// even spread beyond doubt, since people set them off. The thresholds stand between
// the robots and the busiest people of two long histories; beside each is the highest
// value that somebody with enough acts reaches there.
func BotSigns() []BotSign {
	return []BotSign{
		{"repeats", "part of the commits, merges aside, whose subject another one has too, but for numbers and what is quoted; 0 to 1",
			biman + "; " + bodegha, 30, 0.5, 0.8, repeats(false)}, // 0.35
		{"repeated-merges", "part of the merge commits whose subject another one has too, but for numbers and what is quoted; 0 to 1. Forges write the messages of people's merges as well, so this is a hint only",
			biman, 30, 0.8, 0, repeats(true)},
		{"night", "part of the acts in the six quietest hours of the day, in UTC; 0 to 0.25, which is an even spread. Who sleeps leaves them empty; who travels does not",
			nights + "; " + biman, 100, 0.1, 0, night}, // 0.15
		{"round-the-clock", "the same of accounts with many acts, among which travels count for little",
			nights + "; " + biman, 500, 0, 0.125, night}, // 0.09
		{"weekdays", "part of the acts on the quietest day of the week, in UTC; 0 to 1/7, which is an even spread",
			nights, 100, 0.12, 0, quietestWeekday}, // 0.10
		{"clock", "part of the days with acts whose first act falls within the same twenty minutes of the day; 0 to 1",
			biman, 20, 0.3, 0.5, clock}, // 0.22
		{"interval", "part of the pauses of ten minutes and more that last the same number of minutes; 0 to 1",
			biman, 30, 0.25, 0.5, interval}, // 0.10
		{"prompt", "part of the reviews and answers that come within a minute of the opening; 0 to 1",
			hunter, 30, 0.5, 0.8, prompt},
		{"pace", "acts on the median day with acts; 1 and more",
			hunter, 10, 40, 0, pace}, // 17
		{"name", "1 where a word of the name, or of the address before its @, is one that machines go by, such as bot or ci; otherwise 0",
			biman, 0, 1, 0, machineName},
		{"at-once", "part of the commits that were authored and committed in the same second; 0 to 1. Robots hardly ever rework a commit, but many people do not either, so this is shown and decides nothing",
			"none", 30, 0, 0, atOnce},
	}
}

// repeats measures how many of the subjects another commit has too.
func repeats(merges bool) func(*habits) (float64, int) {
	return func(h *habits) (float64, int) {
		times := map[uint64]int{}
		n, again := 0, 0
		for _, a := range h.acts {
			if a.subject != 0 && a.merge == merges {
				times[a.subject]++
				n++
			}
		}
		for _, k := range times {
			if k > 1 {
				again += k
			}
		}
		return part(again, n), n
	}
}

func night(h *habits) (float64, int) {
	const quiet = 6
	var hours [24]int
	for _, a := range h.acts {
		hours[modulo(a.at, dayLong)/hour]++
	}
	least := len(h.acts)
	for from := range hours {
		n := 0
		for i := range quiet {
			n += hours[(from+i)%24]
		}
		least = min(least, n)
	}
	return part(least, len(h.acts)), len(h.acts)
}

func quietestWeekday(h *habits) (float64, int) {
	var days [7]int
	for _, a := range h.acts {
		days[modulo(dayOf(a.at), 7)]++
	}
	return part(slices.Min(days[:]), len(h.acts)), len(h.acts)
}

// clock looks at the first act of each day: what people do in one go is one time.
func clock(h *habits) (float64, int) {
	const ten = 10 * 60
	first := map[int64]int64{}
	for _, a := range h.acts { // newest first
		first[dayOf(a.at)] = a.at
	}
	var slots [dayLong / ten]int
	for day, at := range first {
		slots[(at-day*dayLong)/ten]++
	}
	most := 0
	for i := range slots {
		most = max(most, slots[i]+slots[(i+1)%len(slots)])
	}
	return part(most, len(first)), len(first)
}

func interval(h *habits) (float64, int) {
	times := map[int64]int{}
	n, most := 0, 0
	for i := range len(h.acts) - 1 {
		if pause := h.acts[i].at - h.acts[i+1].at; pause >= 10*60 {
			minutes := (pause + 30) / 60
			times[minutes]++
			n, most = n+1, max(most, times[minutes])
		}
	}
	return part(most, n), n
}

func prompt(h *habits) (float64, int) {
	return delayed(h, "answering", 60)
}

func atOnce(h *habits) (float64, int) {
	return delayed(h, "writing", 0)
}

// delayed returns the part of the acts with a delay of at most so many seconds.
func delayed(h *habits, what string, most int64) (float64, int) {
	n, quick := 0, 0
	for _, a := range h.acts {
		if h.what == what && a.delay != unknown {
			n++
			if a.delay >= 0 && a.delay <= most {
				quick++
			}
		}
	}
	return part(quick, n), n
}

func pace(h *habits) (float64, int) {
	byDay := map[int64]int{}
	for _, a := range h.acts {
		byDay[dayOf(a.at)]++
	}
	counts := make([]int, 0, len(byDay))
	for _, n := range byDay {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	return float64(counts[(len(counts)-1)/2]), len(counts)
}

// machineName looks for whole words: Abbot is a person.
func machineName(h *habits) (float64, int) {
	local, _, _ := strings.Cut(strings.TrimPrefix(h.identity, "mail:"), "@")
	words := strings.FieldsFunc(strings.ToLower(h.name+" "+local), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range words {
		switch w {
		case "bot", "robot", "ci", "automation", "automated", "autobuild", "build", "builder", "jenkins", "infra", "sync", "nightly":
			return 1, len(h.acts)
		}
	}
	return 0, len(h.acts)
}

func part(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// dayOf returns the day of an instant in UTC, counted from 1970-01-01.
func dayOf(at int64) int64 { return (at - modulo(at, dayLong)) / dayLong }

// modulo is never negative.
func modulo(x, m int64) int64 { return (x%m + m) % m }
