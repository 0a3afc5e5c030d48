// Command shot takes pictures of the pages. Without arguments it writes the README's,
// .github/report.png, of the demonstration:
//
//	go -C score/report/e2e run ./shot
//	go -C score/report/e2e run ./shot --page /tmp/result/report.fr.html --out /tmp/fr.png --width 320 --dark --from '#method'
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/tributary-oss/tributary/score/report/e2e"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	file := flag.String("page", "", "the page; without it, that of the demonstration")
	out := flag.String("out", filepath.Join("..", "..", "..", ".github", "report.png"), "where to write the picture")
	width, height := flag.Int64("width", 1040, "of the window, in CSS pixels"), flag.Int64("height", 1180, "of the picture, in CSS pixels")
	dark := flag.Bool("dark", false, "in dark colours")
	from := flag.String("from", "", "CSS selector of what stands at the top; without it, the beginning")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *file == "" {
		dir, err := os.MkdirTemp("", "page-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := e2e.Demonstration(ctx, dir); err != nil {
			return err
		}
		*file = filepath.Join(dir, "report.html")
	}
	picture, err := take(ctx, *file, *from, e2e.View{Width: *width, Height: *height, Dark: *dark})
	if err != nil {
		return fmt.Errorf("taking a picture of %s: %w", *file, err)
	}
	return os.WriteFile(*out, picture, 0o644)
}

func take(ctx context.Context, file, from string, v e2e.View) ([]byte, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	browser, end, err := e2e.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := v.Set(browser); err != nil {
		return nil, err
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	if err := chromedp.Do(browser, chromedp.Navigate(address.String())); err != nil {
		return nil, err
	}
	top := 0.0
	if from != "" {
		if top, err = chromedp.Run(browser, chromedp.Evaluate[float64](fmt.Sprintf("document.querySelector(%q).getBoundingClientRect().top + scrollY", from))); err != nil {
			return nil, err
		}
	}
	beyond := true
	shown, err := chromedp.Call(browser, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond,
		Clip: &page.Viewport{Y: top, Width: float64(v.Width), Height: float64(v.Height), Scale: 1}})
	if err != nil {
		return nil, err
	}
	return shown.Data, nil
}
