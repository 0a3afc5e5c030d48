package rest

import (
	"fmt"
	"time"
)

// LimitError says that a host refuses further requests for longer than this run
// may wait, or has refused one too often.
type LimitError struct {
	Host     string
	Resource string    // the quota; "" where the host has one
	Reset    time.Time // by the server's clock, in UTC: when to come back
}

func (e *LimitError) Error() string {
	of := ""
	if e.Resource != "" {
		of = " of " + e.Resource
	}
	return fmt.Sprintf("%s: the quota%s is used up until %s; come back then, or add another token",
		e.Host, of, e.Reset.UTC().Format(time.RFC3339))
}

// TokenError says that a host took none of the tokens.
type TokenError struct {
	Host   string
	Status int // the host's last answer: 401
	Tokens int // how many were given
}

func (e *TokenError) Error() string {
	return fmt.Sprintf("%s: none of the tokens (%d given) is accepted (status %d); check that they are for this host and have neither expired nor been revoked",
		e.Host, e.Tokens, e.Status)
}

// ReplyError says that a host gave no reply that can be used.
type ReplyError struct {
	Host   string
	Path   string // of the request, without its query
	Reason string // for a person
	Err    error  // what caused it; nil where the reason says it all
}

func (e *ReplyError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s%s: %s", e.Host, e.Path, e.Reason)
	}
	return fmt.Sprintf("%s%s: %s: %v", e.Host, e.Path, e.Reason, e.Err)
}

func (e *ReplyError) Unwrap() error { return e.Err }
