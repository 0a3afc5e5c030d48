package store

import (
	"errors"
	"fmt"
	"strings"
)

// Bytes that a part of an encoded key begins with, so that numbers come before words.
const (
	isNumber = 1 // then how many digits, then the digits
	isWord   = 2 // only before words that begin with one of these two bytes
)

const (
	mostDigits = 20
	mostKey    = 1024 // bytes of a key; bbolt takes 32 KiB
)

var errKey = errors.New("its key must have 1 to 1024 bytes")

// appendKey appends a fact's key in a form whose bytes sort as the key should: part
// by part, numbers by their value and before words. Only decimal numbers of at most
// 20 digits without leading zeros are numbers.
func appendKey(b []byte, key string) []byte {
	for part, more := "", true; more; {
		part, key, more = strings.Cut(key, "/")
		switch {
		case decimal(part):
			b = append(b, isNumber, byte(len(part)))
		case part != "" && part[0] <= isWord:
			b = append(b, isWord)
		}
		b = append(b, part...)
		if more {
			b = append(b, '/')
		}
	}
	return b
}

func decimal(s string) bool {
	return s != "" && len(s) <= mostDigits && (s[0] != '0' || len(s) == 1) && strings.Trim(s, "0123456789") == ""
}

// parseKey reads what appendKey wrote.
func parseKey(b []byte) (string, error) {
	parts := strings.Split(string(b), "/")
	for i, p := range parts {
		if p != "" && p[0] == isNumber && len(p) > 2 {
			parts[i] = p[2:]
		} else if p != "" && p[0] == isWord {
			parts[i] = p[1:]
		}
	}
	key := strings.Join(parts, "/")
	if string(appendKey(nil, key)) != string(b) {
		return "", fmt.Errorf("%w: %q is no key of a fact", ErrCorrupt, b)
	}
	return key, nil
}

// folder returns the part of a key up to and with its last slash.
func folder(key string) string { return key[:strings.LastIndexByte(key, '/')+1] }

// kindOf returns the first part of a key.
func kindOf(key string) string {
	kind, _, _ := strings.Cut(key, "/")
	return kind
}
