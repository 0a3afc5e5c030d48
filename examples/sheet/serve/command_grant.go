package serve

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
	"github.com/tributary-oss/tributary/score/report/locale"
)

func storeFlag(c *cobra.Command, store *string) {
	c.Flags().StringVar(store, "store", "", "file of grants")
}

func needStore(store string) error {
	if store == "" {
		return usage("say which file of grants: --store FILE")
	}
	return nil
}

func grantCommand(out, errs io.Writer) *cobra.Command {
	var store, expires, note, base string
	var tenders []string
	c := &cobra.Command{
		Use:   "grant --store FILE --tender NAME",
		Short: "Give somebody access to tenders, and print their address once",
		Long: "Grant makes an address that opens tenders until a day. It is printed once and kept nowhere: the file\n" +
			"holds a digest. Whoever has the address, or a workbook with it, can read the figures.",
		Example: "  sheet grant --store grants.jsonl --tender result --expires 90d --note \"jury, lot 1\" --base https://scores.example.org",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := errors.Join(needStore(store), checkBase(base)); err != nil {
				return err
			}
			names, err := tenderNames(tenders)
			if err != nil {
				return err
			}
			now := time.Now()
			until, err := day(expires, now)
			if err != nil {
				return err
			}
			g, token, err := grant.New(names, note, now, until)
			if err != nil {
				return usage("%w", err)
			}
			if err := grant.Append(store, g); err != nil {
				return err
			}
			fmt.Fprintf(errs, "grant %s, until %s, to %s. The address is shown this once.\n", g.ID, g.Expires.Format(time.RFC3339), strings.Join(g.Tenders, ", "))
			fmt.Fprintln(errs, "A program that sends headers takes what stands after /c/ as the token: Authorization: Bearer TOKEN.")
			_, err = fmt.Fprintf(out, "%s/v1/c/%s/\n", strings.TrimSuffix(base, "/"), token)
			return err
		},
	}
	storeFlag(c, &store)
	c.Flags().StringArrayVar(&tenders, "tender", nil, "name of a tender in addresses, or the folder that is served; may be repeated")
	c.Flags().StringVar(&expires, "expires", "90d", "how long, as 12h or 90d, or a day (UTC), as 2027-03-31, at whose end it expires")
	c.Flags().StringVar(&note, "note", "", "for whom it is, to be told by sheet grants")
	c.Flags().StringVar(&base, "base", "http://127.0.0.1:8080", "address of the server")
	return c
}

// tenderNames returns the names in addresses of what is a name already, or a folder.
func tenderNames(list []string) ([]string, error) {
	if len(list) == 0 {
		return nil, usage("say to what: --tender NAME, or the folder that is served")
	}
	var names []string
	for _, s := range list {
		if _, err := os.Stat(filepath.Join(s, rankingFile)); err == nil {
			t, err := OpenTender(s, "")
			if err != nil {
				return nil, err
			}
			s = t.Name
		}
		if s != Name(s) {
			return nil, usage("--tender %.100q is neither a folder that tender score --out wrote nor a name in addresses", s)
		}
		names = append(names, s)
	}
	return names, nil
}

// day reads when a grant expires: a length from now, or the end of a day.
func day(s string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.AddDate(0, 0, 1), nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3660 {
			return now.AddDate(0, 0, n), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil {
		return now.Add(d), nil
	}
	return time.Time{}, usage("--expires %s: want a length, as 12h or 90d, or a day, as 2027-03-31", s)
}

func grantsCommand(out io.Writer) *cobra.Command {
	var store string
	c := &cobra.Command{
		Use:   "grants --store FILE",
		Short: "List who was given access, to what and until when",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := needStore(store); err != nil {
				return err
			}
			grants, err := grant.Read(store)
			if err != nil {
				return err
			}
			return listGrants(out, grants, time.Now(), localeOf(c))
		},
	}
	storeFlag(c, &store)
	return c
}

// localeOf is the language that --lang of the command line above asks for.
func localeOf(c *cobra.Command) *locale.Locale {
	if f := c.Flag("lang"); f != nil {
		if l, err := locale.Of(f.Value.String()); err == nil {
			return l
		}
	}
	return locale.English()
}

// listGrants writes one line a grant. The file may have been edited by hand: its texts are
// made fit for a terminal.
func listGrants(out io.Writer, grants []grant.Grant, now time.Time, l *locale.Locale) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, l.T("grant\tstate\tcreated\texpires\ttenders\tnote"))
	for _, g := range grants {
		state := l.T("in force")
		switch g.State(now) {
		case grant.ErrExpired:
			state = l.T("expired")
		case grant.ErrRevoked:
			state = l.T("revoked on %s", l.Date(g.Revoked))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", shown(g.ID), state, l.Date(g.Created), l.Date(g.Expires)+g.Expires.UTC().Format(" 15:04Z"),
			shown(strings.Join(g.Tenders, " ")), shown(g.Note))
	}
	return w.Flush()
}

func revokeCommand(errs io.Writer) *cobra.Command {
	var store string
	c := &cobra.Command{
		Use:   "revoke --store FILE GRANT",
		Short: "Take access back; a running server knows within a second",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("say which grants: their names in the list of sheet grants")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := needStore(store); err != nil {
				return err
			}
			for _, id := range args {
				if err := grant.Revoke(store, id, time.Now()); err != nil {
					return err
				}
				fmt.Fprintf(errs, "revoked %s\n", id)
			}
			return nil
		},
	}
	storeFlag(c, &store)
	return c
}
