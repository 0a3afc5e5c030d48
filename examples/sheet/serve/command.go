package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
)

// ErrUsage marks faults of the command line.
var ErrUsage = errors.New("wrong usage")

func usage(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUsage, fmt.Errorf(format, args...))
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes flags alone, not %.100q", c.Name(), args[0])
	}
	return nil
}

// Commands returns the commands serve, grant, grants and revoke, to be added to a command
// line. Addresses go to out; the log, as lines of JSON, and hints to errs. Faults of the
// command line are [ErrUsage].
func Commands(out, errs io.Writer) []*cobra.Command {
	return []*cobra.Command{serveCommand(out, errs), grantCommand(out, errs), grantsCommand(out), revokeCommand(errs)}
}

// serveFlags are what serve takes.
type serveFlags struct {
	store, listen, base, cert, key string
	tenders, proxies               []string
	public                         bool
	rate                           float64
	burst, connections             int
	drain                          time.Duration
}

func serveCommand(out, errs io.Writer) *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve --store FILE --tender DIR",
		Short: "Give a tender's figures to cells that pull",
		Long: "Serve gives the ranking of folders that tender score --out wrote to spreadsheets, on this computer\n" +
			"alone unless --public is said. Who may read is in the file of --store, to which sheet grant adds.\n" +
			"Without --store it makes an access for this run alone, and prints its address.\n" +
			"A new run in a folder is served within a second. An interrupt lets requests under way finish.\n\n" +
			"Exit status: 0 stopped as asked, 1 failed, 2 wrong usage.",
		Example: "  sheet serve --tender result\n" +
			"  sheet serve --store grants.jsonl --tender result --listen :8443 --public --cert cert.pem --key key.pem --base https://scores.example.org:8443",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return f.run(c.Context(), out, slog.New(slog.NewJSONHandler(errs, nil)))
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.store, "store", "", "file of grants, as sheet grant makes it (default: one access, for this run alone)")
	flags.StringArrayVar(&f.tenders, "tender", nil, "folder that tender score --out wrote, or NAME=DIR for another name in addresses; may be repeated")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address and port to listen on; port 0 takes a free one")
	flags.BoolVar(&f.public, "public", false, "allow an address that other computers reach")
	flags.StringVar(&f.cert, "cert", "", "file of the certificate and its chain, in PEM form")
	flags.StringVar(&f.key, "key", "", "file of the certificate's key, in PEM form")
	flags.StringVar(&f.base, "base", "", "address under which clients reach the server, for the formulas (default: that of each request)")
	flags.StringArrayVar(&f.proxies, "proxy", nil, "address or network of a proxy whose X-Forwarded-For and -Proto are believed; may be repeated")
	flags.Float64Var(&f.rate, "rate", DefaultRate, "requests a second that a client, and a grant, may make on the average")
	flags.IntVar(&f.burst, "burst", DefaultBurst, "requests that they may make at once")
	flags.IntVar(&f.connections, "connections", DefaultConnections, "connections open at once; further ones wait")
	flags.DurationVar(&f.drain, "drain", DefaultDrain, "how long requests under way may take when the server is to stop")
	return c
}

// run serves until it is interrupted.
func (f *serveFlags) run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	loopback, err := f.check()
	if err != nil {
		return err
	}
	o := Options{Base: strings.TrimSuffix(f.base, "/"), Rate: f.rate, Burst: f.burst, Log: log}
	if o.Proxies, err = networks(f.proxies); err != nil {
		return err
	}
	if o.Tenders, err = openTenders(f.tenders); err != nil {
		return err
	}
	token, err := f.grants(&o)
	if err != nil {
		return err
	}
	if loopback {
		o.Hosts = f.hosts()
	}
	server := Server{Cert: f.cert, Key: f.key, Connections: f.connections, Drain: f.drain, Log: log}
	if err := server.check(); err != nil {
		return err
	}
	h, err := Handler(o)
	if err != nil {
		return usage("%w", err)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from now on a second interrupt ends the process
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w; choose another one with --listen", f.listen, err)
	}
	f.announce(out, log, l.Addr().String(), token, o, loopback)
	return server.Run(ctx, l, h)
}

// check finds faults of the flags, and whether the server is on this computer alone.
func (f *serveFlags) check() (loopback bool, err error) {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return false, usage("--listen %s: want an address and a port, such as 127.0.0.1:8080", f.listen)
	}
	a, err := netip.ParseAddr(host)
	loopback = host == "localhost" || err == nil && a.IsLoopback()
	switch {
	case len(f.tenders) == 0:
		return false, usage("say what to serve: --tender DIR, a folder that tender score --out wrote")
	case (f.cert == "") != (f.key == ""):
		return false, usage("--cert and --key go together")
	case !loopback && !f.public:
		return false, usage("--listen %s: other computers can reach that address; say --public if they shall", f.listen)
	case !loopback && f.store == "":
		return false, usage("--public needs --store, the file of who may read")
	case !loopback && f.cert == "" && len(f.proxies) == 0:
		return false, usage("--public needs --cert and --key, or the --proxy that has the certificate: the addresses are what gives access, and must not travel in the clear")
	case !(f.rate > 0) || f.burst < 1 || f.connections < 1 || f.drain <= 0:
		return false, usage("--rate, --burst, --connections and --drain: want more than 0")
	}
	return loopback, checkBase(f.base)
}

// checkBase finds faults of the address under which clients reach the server; "" is none.
func checkBase(base string) error {
	b, err := url.Parse(base)
	switch {
	case base == "":
		return nil
	case err != nil, b.Scheme != "http" && b.Scheme != "https", b.Host == "" || b.Host != escapeHost(b.Host), b.Path != "" && b.Path != "/", b.RawQuery != "" || b.User != nil:
		return usage("--base %s: want an address such as https://scores.example.org", base)
	}
	return nil
}

// hosts are the names under which a server on this computer alone is asked.
func (f *serveFlags) hosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if host, _, err := net.SplitHostPort(f.listen); err == nil {
		hosts = append(hosts, hostOf(host))
	}
	if b, err := url.Parse(f.base); err == nil && b.Host != "" {
		hosts = append(hosts, hostOf(b.Host))
	}
	return hosts
}

func networks(list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if a, bare := netip.ParseAddr(s); bare == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, usage("--proxy %s: want an address or a network, such as 10.0.0.0/8", s)
		}
		all = append(all, p)
	}
	return all, nil
}

// openTenders opens folders, each said as DIR or NAME=DIR.
func openTenders(list []string) ([]*Tender, error) {
	var tenders []*Tender
	for _, s := range list {
		name, dir := "", s
		if before, after, ok := strings.Cut(s, "="); ok && before == Name(before) {
			name, dir = before, after
		}
		t, err := OpenTender(dir, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, usage("--tender %s: it holds no %s; name a folder that tender score --out wrote", dir, rankingFile)
		case err != nil:
			return nil, err
		}
		tenders = append(tenders, t)
	}
	return tenders, nil
}

// ownLife is how long the access of a run without a store lasts.
const ownLife = 30 * 24 * time.Hour

// grants opens the store. Without one it makes an access of its own, and returns its token.
func (f *serveFlags) grants(o *Options) (token string, err error) {
	if f.store != "" {
		if o.Grants, err = grant.OpenStore(f.store); errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("%w; sheet grant --store %s makes it", err, f.store)
		}
		return "", err
	}
	var names []string
	for _, t := range o.Tenders {
		names = append(names, t.Name)
	}
	now := time.Now()
	g, token, err := grant.New(names, "this run", now, now.Add(ownLife))
	o.Grants = grant.Memory(g)
	return token, err
}

// announce says where the server is, and to whom it is open.
func (f *serveFlags) announce(out io.Writer, log *slog.Logger, at, token string, o Options, loopback bool) {
	base := o.Base
	if base == "" {
		base = "http://" + at
		if f.cert != "" {
			base = "https://" + at
		}
	}
	var names []string
	for _, t := range o.Tenders {
		names = append(names, t.Name)
	}
	reach := "this computer alone"
	if !loopback {
		reach = "other computers too"
	}
	log.Info("serving", "address", base, "reached_from", reach, "tenders", names)
	if token != "" {
		fmt.Fprintf(out, "%s/v1/c/%s/\n", base, token)
	}
}
