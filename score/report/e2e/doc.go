// Package e2e opens the pages of package page in a real Chromium, as a reader would: from a
// disk and from a server on loopback, by mouse and by keyboard, light and dark, wide and
// narrow, on paper, and under axe-core's eyes.
//
// It is a module of its own, so that neither the driver of the browser nor npm concern anybody
// who uses the library. From the repository's root, once Debian's packages chromium and npm
// are there:
//
//	npm --prefix score/report/e2e ci --ignore-scripts     axe-core, pinned by package-lock.json: 3 MB
//	go -C score/report/e2e test -count=1 ./...            a minute
//	go -C score/report/e2e run ./shot                     the README's picture, .github/report.png
//
// Nothing leaves the machine but npm's download. Where the browser or axe-core is missing the
// tests fail, and say what to install.
package e2e
