package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrRanking says that a text is no ranking that this version reads: another kind of
// file, one of a newer form, or one that is damaged.
var ErrRanking = errors.New("no ranking that can be read")

// ReadRanking reads a ranking from its written form, the JSON of [Ranking], to the end of
// r. Fields that it does not know are left out: a later minor version may have added them. It
// fails with [ErrRanking], and where r does.
func ReadRanking(r io.Reader) (*Ranking, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading a ranking: %w", err)
	}
	if err := rankingFormat(text); err != nil {
		return nil, fmt.Errorf("reading a ranking: %w: %w", ErrRanking, err)
	}
	var ranking Ranking
	if err := json.Unmarshal(text, &ranking); err != nil {
		return nil, fmt.Errorf("reading a ranking: %w: %w", ErrRanking, err)
	}
	if err := ranking.inRange(); err != nil {
		return nil, fmt.Errorf("reading a ranking: %w: %w", ErrRanking, err)
	}
	return &ranking, nil
}

// inRange checks the figures that others are computed from: a number that nothing here
// can have written would otherwise become an infinite one.
func (r *Ranking) inRange() error {
	const more = 1e-6 // a sum of rounded parts may lie a little above
	within := func(what string, x *float64, most float64) error {
		if x != nil && !(*x >= 0 && *x <= most+more) {
			return fmt.Errorf("it holds the %s %g, which lies outside 0 to %g", what, *x, most)
		}
		return nil
	}
	var faults []error
	for _, l := range r.Lots {
		for _, p := range l.Projects {
			faults = append(faults, within("weight", &p.Weight, 1))
		}
		for _, s := range l.Standings {
			faults = append(faults, within("score", s.Score, 100))
		}
	}
	for _, p := range r.Projects {
		for _, i := range p.Indicators {
			faults = append(faults, within("weight", &i.Weight, 1))
		}
		for _, s := range p.Scores {
			faults = append(faults, within("score", s.Score, 100))
			for _, v := range s.Values {
				faults = append(faults, within("n", &v.N, 1))
			}
		}
	}
	return errors.Join(faults...)
}

// rankingFormat checks which form a text is of, before anything else of it is taken in:
// what a newer form means by a field is not known.
func rankingFormat(text []byte) error {
	var h heading
	if err := json.Unmarshal(text, &h); err != nil {
		return fmt.Errorf("it is no JSON, or was cut short: %w", err)
	}
	name, version, _ := strings.Cut(h.Format, "/")
	want, own, _ := strings.Cut(RankingFormat, "/")
	switch {
	case name != want:
		return fmt.Errorf("its format is %.100q; name a ranking.json, whose format is %q", h.Format, RankingFormat)
	case version != own:
		return fmt.Errorf("its format is %.100q, and this version reads %q; read it with the version that wrote it", h.Format, RankingFormat)
	}
	return nil
}
