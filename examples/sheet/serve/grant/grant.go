// Package grant keeps who may read which tender: a token opens one or more tenders until a
// day, or until it is taken back. Tokens are shown once, when they are made, and never
// written: the file holds their digests.
package grant

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// What [Store.Open] says of a token that opens nothing. Only who holds a true token can learn
// that it has ended: of any other nothing is known.
var (
	ErrUnknown = errors.New("no such token")
	ErrExpired = errors.New("the token has expired")
	ErrRevoked = errors.New("the token was revoked")
)

// ErrStore says that the file of grants cannot be read; no token opens anything then.
var ErrStore = errors.New("the file of grants cannot be read")

// Grant is a right to read. It holds no token.
type Grant struct {
	ID      string    `json:"id"`             // its public name, in logs and for revoking
	Hash    string    `json:"hash"`           // SHA-256 of the token, hexadecimal
	Tenders []string  `json:"tenders"`        // that it opens, sorted
	Note    string    `json:"note,omitempty"` // for whom it is, as whoever made it wrote; at most 200 characters
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"` // first instant at which it opens nothing any more
	Revoked time.Time `json:"-"`       // zero while it is not
}

// Longest and shortest life of a grant.
const (
	MinLife = time.Minute
	MaxLife = 10 * 366 * 24 * time.Hour
)

// New makes a grant from now until expires for the tenders, and its token: 26 letters and
// digits with at least 128 random bits, which are in no file. It fails where there is no
// tender, the note is too long or holds what is not printable, or expires is less than
// [MinLife] or more than [MaxLife] away.
func New(tenders []string, note string, now, expires time.Time) (Grant, string, error) {
	tenders = slices.Compact(slices.Sorted(slices.Values(tenders)))
	if err := errors.Join(checkTenders(tenders), checkNote(note), checkLife(expires.Sub(now))); err != nil {
		return Grant{}, "", err
	}
	token := rand.Text()
	g := Grant{
		ID: strings.ToLower(rand.Text()[:8]), Hash: hash(token), Tenders: tenders, Note: note,
		Created: now.UTC().Truncate(time.Second), Expires: expires.UTC().Truncate(time.Second),
	}
	return g, token, nil
}

// Allows reports whether the grant opens a tender, whatever the time.
func (g *Grant) Allows(tender string) bool { return slices.Contains(g.Tenders, tender) }

// State returns nil while the grant opens its tenders, else why it does not.
func (g *Grant) State(now time.Time) error {
	switch {
	case !g.Revoked.IsZero():
		return ErrRevoked
	case !now.Before(g.Expires):
		return ErrExpired
	}
	return nil
}

// hash returns what stands for a token in the file. A token is random and longer than
// anybody can try, so that a plain digest of it tells nothing.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func checkTenders(tenders []string) error {
	if len(tenders) == 0 {
		return errors.New("a grant needs at least one tender")
	}
	if slices.Contains(tenders, "") {
		return errors.New("the name of a tender is empty")
	}
	return nil
}

func checkNote(note string) error {
	if len([]rune(note)) > 200 {
		return errors.New("the note is longer than 200 characters")
	}
	for _, r := range note {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("the note holds %q, which is not printable", r)
		}
	}
	return nil
}

func checkLife(life time.Duration) error {
	if life < MinLife || life > MaxLife {
		return fmt.Errorf("a grant of %v; want between %v and ten years", life.Round(time.Second), MinLife)
	}
	return nil
}
