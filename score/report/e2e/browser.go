package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// ErrBrowser says that there is no browser to test in.
var ErrBrowser = errors.New("no Chromium is installed: apt-get install chromium, or name one in $CHROMIUM")

// Find returns the path of the browser: $CHROMIUM, or the first that the system has. It
// returns [ErrBrowser] where there is none.
func Find() (string, error) {
	if named := os.Getenv("CHROMIUM"); named != "" {
		return named, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrBrowser
}

// Start starts a browser without a window. Tabs are made of the context that it returns; the
// function ends the browser, and waits for it.
func Start(ctx context.Context) (context.Context, func(), error) {
	path, err := Find()
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("hide-scrollbars", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it has none for root
	}
	allocator, free := chromedp.NewExecAllocator(ctx, options...)
	browser, end := chromedp.NewContext(allocator)
	if err := chromedp.Do(browser); err != nil {
		end()
		free()
		return nil, nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return browser, func() { end(); free() }, nil
}

// View is how a page is looked at.
type View struct {
	Width, Height int64 // in CSS pixels
	Dark          bool  // the system's colours
}

// Set makes a tab look so.
func (v View) Set(tab context.Context) error {
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.Width, Height: v.Height, DeviceScaleFactor: 1})
	if err != nil {
		return err
	}
	_, err = chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	return err
}

// Demonstration writes the pages of the command line's demonstration into a folder, with
// everything else that goes beside them.
func Demonstration(ctx context.Context, dir string) error {
	root, err := filepath.Abs(filepath.Join("..", "..", "..")) // go -C and go test run here
	if err != nil {
		return err
	}
	tender := filepath.Join(dir, "tender.exe")
	for _, args := range [][]string{
		{"go", "build", "-o", tender, "./examples/tender"},
		{tender, "demo", filepath.Join(dir, "demo")},
		{tender, "score", filepath.Join(dir, "demo", "tender.yaml"), "--out", dir},
		{tender, "sensitivity", filepath.Join(dir, "demo", "tender.yaml"), "--out", dir, "--draws", "200", "--rules=false"},
	} {
		c := exec.CommandContext(ctx, args[0], args[1:]...)
		c.Dir = root
		if said, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(args[:2], " "), err, said)
		}
	}
	return nil
}
