package model

import (
	"encoding"
	"fmt"
	"time"
)

// Date is a day in UTC, counted from 1970-01-01. The zero Date means "not
// stated": as a start, since ever; as an end, open.
type Date int32

// DateOf returns the UTC day that holds t.
func DateOf(t time.Time) Date {
	return Date(floorDiv(t.Unix(), 24*60*60))
}

// ParseDate reads a day written as 2026-11-01.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is no date; write it as 2026-11-01", s)
	}
	return DateOf(t), nil
}

// Time returns the first instant of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// String writes the day as 2026-11-01, and the zero Date as nothing.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText implements [encoding.TextMarshaler].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// Month is a calendar month in UTC, counted from January of year 0.
type Month int32

// MonthOf returns the UTC month that holds t.
func MonthOf(t time.Time) Month {
	t = t.UTC()
	return Month(t.Year()*12 + int(t.Month()) - 1)
}

// Time returns the first instant of the month.
func (m Month) Time() time.Time {
	y := floorDiv(int64(m), 12)
	return time.Date(int(y), time.Month(int64(m)-y*12+1), 1, 0, 0, 0, 0, time.UTC)
}

// String writes the month as 2026-11.
func (m Month) String() string { return m.Time().Format("2006-01") }

// MarshalText implements [encoding.TextMarshaler].
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Month) UnmarshalText(b []byte) error {
	t, err := time.Parse("2006-01", string(b))
	if err != nil {
		return fmt.Errorf("%q is no month; write it as 2026-11", b)
	}
	*m = MonthOf(t)
	return nil
}

// Period is the half-open span of time [Since, Until) in UTC. A zero bound is
// open, so the zero Period holds every instant.
type Period struct {
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Holds reports whether t lies in the period.
func (p Period) Holds(t time.Time) bool {
	return (p.Since.IsZero() || !t.Before(p.Since)) && (p.Until.IsZero() || t.Before(p.Until))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

var (
	_ encoding.TextUnmarshaler = (*Date)(nil)
	_ encoding.TextUnmarshaler = (*Month)(nil)
)
