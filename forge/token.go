package forge

import "context"

// A TokenSource gives a token for a forge's API whenever one is needed, such as one of a
// GitHub App's installation that lives for an hour. It is asked before every request
// and must be safe for concurrent use; it should answer from memory as long as its token
// is good.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// StaticToken is a token that does not change.
type StaticToken string

// Token returns the token itself.
func (t StaticToken) Token(context.Context) (string, error) { return string(t), nil }

// String hides the token, so that it never gets into a message or a log.
func (t StaticToken) String() string { return "token" }

// GoString hides it from %#v, too.
func (t StaticToken) GoString() string { return "token" }
