package audit_test

import (
	"encoding/csv"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/audit"
)

// A key and a sheet of two rows, for the readers.
const (
	smallKey = "sheet,row,question,engine,stratum,size,drawn,probability,status,method,gaps,seed\n" +
		"abc,Q001,bot,yes,by a list,3,1,0.33,SIMULATION,m,0,1\n" +
		"abc,Q002,duplicate,no,alone,5,1,0.2,SIMULATION,m,0,1\n" +
		"abc,stratum,bot,yes,by a list,3,1,0.33,SIMULATION,m,0,1\n" +
		"abc,stratum,duplicate,no,alone,5,1,0.2,SIMULATION,m,0,1\n" +
		"abc,outside,duplicate,no,,7,0,,SIMULATION,m,0,1\n"
	smallSheet = "sheet,id,question,a,coder_1,coder_2,adjudicated,remark\n" +
		"abc,Q001,bot,\"renovate, the robot\",yes,no,,\"he said \"\"no\"\"\"\n" +
		"abc,Q002,duplicate,Mark; again,unclear,,,\n"
)

// inert holds a fault against what a terminal and a reader can bear: it is short, and nothing
// in it steers anything.
func inert(t *testing.T, err error) {
	t.Helper()
	var faults audit.Faults
	require.True(t, errors.As(err, &faults), "%T: %v", err, err)
	require.NotEmpty(t, faults)
	for _, f := range faults {
		require.Less(t, utf8.RuneCountInString(f.Text), 600, f.Text)
		require.False(t, strings.ContainsFunc(f.Text, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", f.Text)
	}
}

// Of no key and no sheet the readers panic; what they take is of the key, and its figures lie in
// their intervals.
func FuzzReadSheet(f *testing.F) {
	f.Add(smallKey, smallSheet)
	f.Add("sep=;\n"+strings.ReplaceAll(smallKey, ",", ";"), "\ufeffsheet;id;question;coder_1;coder_2;adjudicated\r\nabc;q002;Duplicate;Non;o;?\r\nabc;Q001;bot;yes;;\r\n")
	f.Add(smallKey, "sheet\tid\tquestion\tcoder_1\tcoder_2\tadjudicated\rabc\tQ001\tbot\tyes\x00\t\t\r")
	f.Add(smallKey, "sheet,id,question,coder_1,coder_2,adjudicated\nabc,Q001,bot,"+strings.Repeat("\x1b[2J", 1000)+",,\n\"")
	f.Add(strings.ReplaceAll(smallKey, "by a list", "\u202e\xff"), smallSheet)
	f.Fuzz(func(t *testing.T, key, sheet string) {
		k, err := audit.ReadKey("key", strings.NewReader(key))
		if err != nil {
			inert(t, err)
			return
		}
		rows, err := audit.ReadSheet("sheet", strings.NewReader(sheet), k)
		if err != nil {
			inert(t, err)
			return
		}
		drawn, n := int64(0), 0
		for _, s := range k.Strata {
			require.LessOrEqual(t, s.Drawn, s.Size)
			drawn += s.Drawn
		}
		require.EqualValues(t, drawn, len(rows), "each row that was drawn is there once")
		for _, q := range audit.Evaluate(k, rows).Questions {
			n += q.Rows
			require.Equal(t, q.Rows, q.Agreed+q.Adjudicated+q.Unclear+q.Open+q.Unanswered, "each row is of one kind")
			for _, e := range []audit.Estimate{q.Precision, q.Recall, q.Kappa} {
				require.Equal(t, e.Value == nil, e.Unknown != "", "what is unknown says why")
				if e.Value != nil && !(*e.Low <= *e.Value+1e-9 && *e.Value <= *e.High+1e-9) {
					t.Errorf("%s: %v lies outside of %v to %v", q.Question, *e.Value, *e.Low, *e.High)
				}
			}
		}
		require.Equal(t, len(rows), n)
	})
}

// A key alone: what is wrong is told as faults that are inert.
func FuzzReadKey(f *testing.F) {
	f.Add(smallKey)
	f.Add(strings.ReplaceAll(smallKey, ",", "\t"))
	f.Add(strings.ReplaceAll(smallKey, "Q002", "Q001"))
	f.Add(strings.ReplaceAll(smallKey, "alone", strings.Repeat("a\x1b", 300)))
	f.Fuzz(func(t *testing.T, key string) {
		k, err := audit.ReadKey("key", strings.NewReader(key))
		if err != nil {
			inert(t, err)
			require.Nil(t, k)
			return
		}
		again, err := audit.ReadKey("key", strings.NewReader(key))
		require.NoError(t, err)
		require.Equal(t, k, again)
	})
}

// However a spreadsheet saves a sheet, and however its user sorted it, the same is read. The bits of
// way say how, seed shuffles; more is what the user wrote into a column of their own.
func FuzzSpreadsheets(f *testing.F) {
	for way := range uint8(64) {
		f.Add(way, uint64(way), "a, b; c\td \"e\" =1+1\r\n\x00")
	}
	f.Add(uint8(0b10110), uint64(1), strings.Repeat("x", 100_000))
	k, err := audit.ReadKey("key", strings.NewReader(smallKey))
	require.NoError(f, err)
	want, err := audit.ReadSheet("sheet", strings.NewReader(smallSheet), k)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, way uint8, seed uint64, more string) {
		got, err := audit.ReadSheet("sheet", strings.NewReader(saved(t, smallSheet, way, seed, more)), k)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// saved writes a table as some spreadsheet would.
func saved(t *testing.T, text string, way uint8, seed uint64, more string) string {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	bit := func(n int) bool { return way>>n&1 == 1 }
	r := rand.New(rand.NewPCG(seed, 1))
	if bit(0) { // a column more
		rows[0] = append(rows[0], "mine")
		for i := range rows[1:] {
			rows[i+1] = append(rows[i+1], more)
		}
	}
	if bit(1) { // columns in another order
		order := r.Perm(len(rows[0]))
		for i, row := range rows {
			moved := make([]string, len(row))
			for from, to := range order {
				moved[to] = row[from]
			}
			rows[i] = moved
		}
	}
	if bit(2) { // rows in another order, with blank ones between
		r.Shuffle(len(rows)-1, func(i, j int) { rows[i+1], rows[j+1] = rows[j+1], rows[i+1] })
		rows = append(rows, make([]string, len(rows[0])))
	}
	var b strings.Builder
	if bit(3) {
		b.WriteString("\ufeff")
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = bit(4)
	w.Comma = []rune{',', ';', '\t', ';'}[way>>5&3]
	require.NoError(t, w.WriteAll(rows))
	return b.String()
}
