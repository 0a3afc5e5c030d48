package serve

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// execute runs a command line.
func execute(ctx context.Context, out, errs io.Writer, args ...string) error {
	root := &cobra.Command{Use: "sheet", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(Commands(out, errs)...)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	return root.ExecuteContext(ctx)
}

// said runs a command line that ends by itself; a server that starts after all is stopped.
func said(t testing.TB, args ...string) (out, errs string, err error) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var o, e bytes.Buffer
	err = execute(ctx, &o, &e, args...)
	return o.String(), e.String(), err
}

// folder writes a run into a new folder.
func folder(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "result")
	require.NoError(t, os.Mkdir(dir, 0o755))
	put(t, dir, ranking())
	return dir
}

var capability = regexp.MustCompile(`^(https?://[^/]+)/v1/c/([A-Z2-7]{26})/\n$`)

func TestFaultsOfTheCommandLine(t *testing.T) {
	dir := folder(t)
	store := filepath.Join(t.TempDir(), "grants")
	for _, x := range []struct{ line, want string }{
		{"serve", "--tender DIR"},
		{"serve here --tender DIR", "takes flags alone"},
		{"serve --tender DIR/none", "holds no ranking.json"},
		{"serve --tender DIR --listen 127.0.0.1", "want an address and a port"},
		{"serve --tender DIR --listen 0.0.0.0:0", "say --public"},
		{"serve --tender DIR --listen :0", "say --public"},
		{"serve --tender DIR --listen [::]:0", "say --public"},
		{"serve --tender DIR --listen example.org:0", "say --public"},
		{"serve --tender DIR --listen 0.0.0.0:0 --public", "needs --store"},
		{"serve --tender DIR --listen 0.0.0.0:0 --public --store STORE", "must not travel in the clear"},
		{"serve --tender DIR --cert x", "go together"},
		{"serve --tender DIR --key x", "go together"},
		{"serve --tender DIR --rate 0", "more than 0"},
		{"serve --tender DIR --rate NaN", "more than 0"},
		{"serve --tender DIR --burst 0", "more than 0"},
		{"serve --tender DIR --connections 0", "more than 0"},
		{"serve --tender DIR --drain 0s", "more than 0"},
		{"serve --tender DIR --base scores.example.org", "want an address such as"},
		{"serve --tender DIR --base https://a@b", "want an address such as"},
		{"serve --tender DIR --base https://b/path", "want an address such as"},
		{`serve --tender DIR --base https://b"`, "want an address such as"},
		{"serve --tender DIR --base ftp://b", "want an address such as"},
		{"serve --tender DIR --proxy here", "want an address or a network"},
		{"serve --tender DIR --tender DIR", "both called DEMO-2026-001"},
		{"grant", "--store FILE"},
		{"grant --store STORE", "--tender NAME"},
		{"grant --store STORE --tender a/b", "nor a name in addresses"},
		{"grant --store STORE --tender ..", "nor a name in addresses"},
		{"grant --store STORE --tender a --expires soon", "want a length"},
		{"grant --store STORE --tender a --expires 0d", "want a length"},
		{"grant --store STORE --tender a --expires 3661d", "want a length"},
		{"grant --store STORE --tender a --expires 2020-01-01", "want between"},
		{"grant --store STORE --tender a --expires 1s", "want between"},
		{"grant --store STORE --tender a --expires 100000h", "want between"},
		{"grant --store STORE --tender a --note " + strings.Repeat("x", 201), "longer than 200"},
		{"grant --store STORE --tender a b", "takes flags alone"},
		{"grant --store STORE --tender a --base nowhere", "want an address such as"},
		{"serve --tender DIR --base https://b?x=1", "want an address such as"},
		{"grants", "--store FILE"},
		{"grants --store STORE x", "takes flags alone"},
		{"revoke x", "--store FILE"},
		{"revoke --store STORE", "say which grants"},
	} {
		args := strings.Fields(strings.NewReplacer("DIR", dir, "STORE", store).Replace(x.line))
		out, _, err := said(t, args...)
		require.ErrorIs(t, err, ErrUsage, x.line)
		assert.ErrorContains(t, err, x.want, x.line)
		assert.Empty(t, out, x.line)
	}
	assert.NoFileExists(t, store, "nothing was granted")
}

// From the making of a grant to its end: the address is printed once, and no other line, nor
// the file, ever holds the token.
func TestGrantsFromTheFirstToTheLast(t *testing.T) {
	dir, store := folder(t), filepath.Join(t.TempDir(), "grants")
	out, hint, err := said(t, "grant", "--store", store, "--tender", dir, "--tender", "other", "--note", "jury, lot 1", "--expires", "12h", "--base", "https://scores.example.org/")
	require.NoError(t, err)
	parts := capability.FindStringSubmatch(out)
	require.NotNil(t, parts, out)
	assert.Equal(t, "https://scores.example.org", parts[1])
	token := parts[2]
	assert.Contains(t, hint, "to DEMO-2026-001, other.", "the folder's tender, by its name in addresses")
	all, err := grant.Read(store)
	require.NoError(t, err)
	id := all[0].ID

	second, _, err := said(t, "grant", "--store", store, "--tender", "other")
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1:8080", capability.FindStringSubmatch(second)[1])
	assert.NotContains(t, second, token)

	list, errs, err := said(t, "grants", "--store", store)
	require.NoError(t, err)
	assert.Empty(t, errs)
	assert.Regexp(t, `(?m)^`+id+`  in force +\d{4}-\d\d-\d\d  \d{4}-\d\d-\d\d \d\d:\d\dZ  DEMO-2026-001 other  jury, lot 1$`, list)
	out, notice, err := said(t, "revoke", "--store", store, id)
	require.NoError(t, err)
	assert.Empty(t, out)
	assert.Equal(t, "revoked "+id+"\n", notice)
	_, _, err = said(t, "revoke", "--store", store, id)
	require.NoError(t, err, "again")
	after, _, err := said(t, "grants", "--store", store)
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^`+id+`  revoked on \d{4}-\d\d-\d\d `, after)
	assert.Equal(t, 1, strings.Count(after, "in force"))

	_, _, err = said(t, "revoke", "--store", store, "nobody")
	require.ErrorIs(t, err, grant.ErrUnknown)
	assert.NotErrorIs(t, err, ErrUsage)
	text, err := os.ReadFile(store)
	require.NoError(t, err)
	for _, s := range []string{string(text), hint, list, notice, after} {
		assert.NotContains(t, s, token)
		assert.NotContains(t, s, capability.FindStringSubmatch(second)[2])
	}
	for _, g := range all {
		assert.NotContains(t, list, g.Hash)
	}
}

// An address is printed only when its grant is on the disk.
func TestNoAddressOfWhatIsNotKept(t *testing.T) {
	dir := t.TempDir()
	spoilt := filepath.Join(dir, "spoilt")
	require.NoError(t, os.WriteFile(spoilt, []byte("tenders\n"), 0o600))
	stores := []string{spoilt, dir, filepath.Join(dir, "none", "grants"), filepath.Join(spoilt, "grants")}
	if _, err := os.Stat("/dev/full"); err == nil {
		stores = append(stores, "/dev/full")
	}
	for _, store := range stores {
		out, errs, err := said(t, "grant", "--store", store, "--tender", "a")
		require.Error(t, err, store)
		assert.NotErrorIs(t, err, ErrUsage)
		assert.Empty(t, out+errs, store)
	}
	for _, args := range [][]string{{"grants"}, {"revoke", "x"}, {"serve", "--tender", folder(t), "--listen", "127.0.0.1:0"}} {
		out, _, err := said(t, append(args, "--store", spoilt)...)
		require.ErrorIs(t, err, grant.ErrStore)
		assert.Empty(t, out)
	}
	_, _, err := said(t, "serve", "--tender", folder(t), "--store", filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "sheet grant --store", "it says how to make one")
	text, err := os.ReadFile(spoilt)
	require.NoError(t, err)
	assert.Equal(t, "tenders\n", string(text))
}

// The file may have been edited: what is listed steers no terminal.
func TestAListIsInert(t *testing.T) {
	var b bytes.Buffer
	g := grant.Grant{ID: "a\x1b[31m", Tenders: []string{"\u202e", "x\ty"}, Note: "n\x00\n\x1b]0;title\x07" + strings.Repeat("x", 100_000)}
	require.NoError(t, listGrants(&b, []grant.Grant{g}, time.Now(), locale.English()))
	assert.Equal(t, 2, strings.Count(b.String(), "\n"))
	assert.Less(t, b.Len(), 1000)
	for _, mark := range []string{"\x1b", "\x00", "\x07", "\u202e", "\t"} {
		assert.NotContains(t, b.String(), mark)
	}
}

func TestDaysOfExpiry(t *testing.T) {
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"12h": now.Add(12 * time.Hour), "90d": now.AddDate(0, 0, 90), "90m": now.Add(90 * time.Minute),
		"2027-03-31": time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC), // at the end of that day
	} {
		got, err := day(text, now)
		require.NoError(t, err)
		assert.Equal(t, want, got, text)
	}
}

// running is a server that a command line started.
type running struct {
	testing.TB
	out, log safeBuffer
	stop     func() error
}

func run(t testing.TB, args ...string) *running {
	r := &running{TB: t}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- execute(ctx, &r.out, &r.log, append([]string{"serve"}, args...)...) }()
	r.stop = func() error { cancel(); return <-done }
	for range 1000 {
		if strings.Contains(r.log.String(), `"msg":"serving"`) {
			return r
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("it does not start: %s %v", r.log.String(), r.stop())
	return nil
}

// base is where it says that it serves.
func (r *running) base() string {
	return regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(r.log.String())[1]
}

func (r *running) get(client *http.Client, address string) (int, string) {
	r.Helper()
	res, err := client.Get(address)
	require.NoError(r, err)
	defer res.Body.Close()
	return res.StatusCode, bodyOf(r, res)
}

// Without a file of grants the server makes one access, and prints it alone.
func TestServeForOneselfAlone(t *testing.T) {
	begin := time.Now()
	r := run(t, "--tender", folder(t), "--tender", "second="+folder(t), "--listen", "127.0.0.1:0")
	client := &http.Client{}
	defer client.CloseIdleConnections()
	for r.out.String() == "" {
		time.Sleep(time.Millisecond)
	}
	parts := capability.FindStringSubmatch(r.out.String())
	require.NotNil(t, parts, r.out.String())
	address := strings.TrimSpace(r.out.String())
	for path, want := range map[string]string{"tenders/" + name + "/points?bidder=karst&lot=1": "31.52", "tenders/second/points?bidder=karst&lot=1": "31.52"} {
		status, text := r.get(client, address+path)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, want, text)
	}
	_, page := r.get(client, address+"?lang=en")
	assert.Contains(t, page, "until "+begin.UTC().Add(30*24*time.Hour).Format(time.DateOnly))
	q, err := http.NewRequest("GET", address, nil)
	require.NoError(t, err)
	q.Host = "evil.example" // as a page elsewhere would have a browser ask
	res, err := client.Do(q)
	require.NoError(t, err)
	res.Body.Close()
	assert.Equal(t, http.StatusMisdirectedRequest, res.StatusCode)
	require.NoError(t, r.stop(), "to be stopped is no error")
	assert.Contains(t, r.log.String(), `"reached_from":"this computer alone"`)
	assert.Contains(t, r.log.String(), `"msg":"stopped"`)
	assert.NotContains(t, r.log.String(), parts[2])
}

// With a file of grants nothing is printed; commands beside the running server give access
// and take it.
func TestServeWithAFile(t *testing.T) {
	dir, store := folder(t), filepath.Join(t.TempDir(), "grants")
	out, _, err := said(t, "grant", "--store", store, "--tender", dir)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(store, 0o400), "the server only reads it")
	token := capability.FindStringSubmatch(out)[2]
	r := run(t, "--tender", dir, "--listen", "localhost:0", "--store", store)
	client := &http.Client{}
	defer client.CloseIdleConnections()
	address := r.base() + "/v1/c/" + token + "/tenders/" + name + "/status"
	status, text := r.get(client, address)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "SIMULATION; 1 gap", text)
	assert.Empty(t, r.out.String())
	all, err := grant.Read(store)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(store, 0o600))
	_, _, err = said(t, "revoke", "--store", store, all[0].ID)
	require.NoError(t, err)
	time.Sleep(grant.Every + 100*time.Millisecond)
	status, _ = r.get(client, address)
	assert.Equal(t, http.StatusGone, status)
	require.NoError(t, r.stop())
	assert.NotContains(t, r.log.String(), token)
}

func TestServeWithACertificate(t *testing.T) {
	dir, top := folder(t), t.TempDir()
	cert, key := certificate(t, top, 1)
	r := run(t, "--tender", dir, "--listen", "127.0.0.1:0", "--cert", cert, "--key", key)
	text, err := os.ReadFile(cert)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(text))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	assert.True(t, strings.HasPrefix(r.base(), "https://"))
	status, body := r.get(client, r.base()+"/healthz")
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"status":"ok"}`, body)
	status, body = r.get(&http.Client{}, strings.Replace(r.base(), "https:", "http:", 1)+"/healthz")
	assert.Equal(t, http.StatusBadRequest, status, body)
	require.NoError(t, r.stop())

	// A certificate that cannot be read is said before an address is.
	require.NoError(t, os.WriteFile(key, []byte("nothing"), 0o600))
	out, log, err := said(t, "serve", "--tender", dir, "--listen", "127.0.0.1:0", "--cert", cert, "--key", key)
	require.ErrorContains(t, err, "reading the certificate")
	assert.Empty(t, out+log)
}

func TestAnAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	out, log, err := said(t, "serve", "--tender", folder(t), "--listen", l.Addr().String())
	require.ErrorContains(t, err, "choose another one with --listen")
	assert.NotErrorIs(t, err, ErrUsage)
	assert.Empty(t, out+log)
}
