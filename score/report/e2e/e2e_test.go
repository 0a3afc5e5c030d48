package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/e2e"
)

// What all tests share: the folder with the pages of the demonstration, and the browser.
var (
	folder  string
	browser context.Context
)

// pages are all pages of the demonstration.
var pages = []string{"report.html", "report.fr.html", "sensitivity.html", "sensitivity.fr.html"}

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var err error
	if folder, err = os.MkdirTemp("", "pages-"); err != nil {
		return fail(err)
	}
	defer os.RemoveAll(folder)
	if err := e2e.Demonstration(ctx, folder); err != nil {
		return fail(err)
	}
	end := func() {}
	if browser, end, err = e2e.Start(ctx); err != nil {
		return fail(err)
	}
	defer end()
	return m.Run()
}

// tab is a tab of the browser that remembers what went wrong in it.
type tab struct {
	context.Context
	t  *testing.T
	mu sync.Mutex
	// said are the messages of the console, and asked the addresses that were asked for.
	said, asked []string
}

// open opens an address in a tab of its own, looked at in a view.
func open(t *testing.T, address string, v e2e.View) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(browser)
	t.Cleanup(end)
	x := &tab{Context: ctx, t: t}
	require.NoError(t, chromedp.Listen(ctx, x.hear))
	require.NoError(t, v.Set(ctx))
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(address)))
	return x
}

func (x *tab) hear(event any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			x.said = append(x.said, fmt.Sprintf("%s: %s %s", e.Type, a.Value, a.Description))
		}
	case *runtime.EventExceptionThrown:
		x.said = append(x.said, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		x.said = append(x.said, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	case *network.EventRequestWillBeSent:
		x.asked = append(x.asked, e.Request.URL)
	}
}

// heard returns what the console said and what was asked for, so far.
func (x *tab) heard() (said, asked []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.said, x.asked
}

// eval returns the value of an expression in the page.
func eval[T any](x *tab, expression string) T {
	x.t.Helper()
	value, err := chromedp.Run(x, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(x.t, err, "%.200s", expression)
	return value
}

// do does something and fails the test where it cannot.
func (x *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	ctx, stop := context.WithTimeout(x, 30*time.Second)
	defer stop()
	require.NoError(x.t, chromedp.Do(ctx, steps...))
}

// wait waits until an expression is true.
func (x *tab) wait(expression string) {
	x.t.Helper()
	require.Eventually(x.t, func() bool {
		value, err := chromedp.Run(x, chromedp.Evaluate[bool](expression))
		return err == nil && value // while another page is loaded there is an error
	}, 20*time.Second, 20*time.Millisecond, expression)
}

// hits returns what the live region says.
func (x *tab) hits() string { return eval[string](x, `document.getElementById("hits").textContent`) }

var wide = e2e.View{Width: 1200, Height: 900}

// onDisk is the address of a page as a reader opens it from a folder.
func onDisk(name string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(folder, name))}
	return u.String()
}

// served serves the folder on loopback.
func served(t *testing.T) string {
	s := httptest.NewServer(http.FileServer(http.Dir(folder)))
	t.Cleanup(s.Close)
	require.True(t, strings.HasPrefix(s.URL, "http://127.0.0.1:"))
	return s.URL + "/"
}
