//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package git

import (
	"errors"
	"os"
)

// tryLock refuses: without a lock two minings could write one clone at once.
func tryLock(*os.File) (bool, error) {
	return false, errors.New("this system has no file locks; clone the repository yourself and state its path")
}
