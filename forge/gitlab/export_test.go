package gitlab

import "time"

// Hurry makes the pauses between tries short.
func Hurry(o *Options) { o.pause = time.Millisecond }
