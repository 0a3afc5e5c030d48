package census

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/tributary-oss/tributary/score/report"
)

// Create makes an output by its name: a file in a folder, an object in a store.
type Create func(name string) (io.WriteCloser, error)

// sheet is one table that is written, as CSV (RFC 4180) and as Parquet.
type sheet[T any] struct {
	csv     *csv.Writer
	parquet *parquet.GenericWriter[T]
	files   []io.WriteCloser
	cells   []string
	rows    int64
}

// rowsAtOnce is how many rows a group of a Parquet file has: what is held in memory.
const rowsAtOnce = 1 << 16

func newSheet[T any](create Create, name string) (*sheet[T], error) {
	s := &sheet[T]{}
	for _, end := range []string{".csv", ".parquet"} {
		f, err := create(name + end)
		if err != nil {
			s.abandon()
			return nil, err
		}
		s.files = append(s.files, f)
	}
	s.csv = csv.NewWriter(s.files[0])
	s.csv.UseCRLF = true
	s.parquet = parquet.NewGenericWriter[T](s.files[1], parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(rowsAtOnce), parquet.CreatedBy("tributary", "1", ""))
	for _, c := range columnsOf[T]() {
		s.cells = append(s.cells, c.name)
	}
	if err := s.csv.Write(s.cells); err != nil {
		s.abandon()
		return nil, err
	}
	return s, nil
}

// write appends a row.
func (s *sheet[T]) write(row T) error {
	v := reflect.ValueOf(row)
	for i := range s.cells {
		s.cells[i] = cell(v.Field(i))
	}
	s.rows++
	if err := s.csv.Write(s.cells); err != nil {
		return err
	}
	_, err := s.parquet.Write([]T{row})
	return err
}

// close ends the table.
func (s *sheet[T]) close() error {
	if s == nil {
		return nil // it could not be begun
	}
	s.csv.Flush()
	err := s.csv.Error()
	if e := s.parquet.Close(); err == nil {
		err = e
	}
	for _, f := range s.files {
		if e := f.Close(); err == nil {
			err = e
		}
	}
	return err
}

func (s *sheet[T]) abandon() {
	for _, f := range s.files {
		f.Close()
	}
}

// cell writes a value as CSV has it.
func cell(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return report.Escape(v.String())
	case reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	panic(fmt.Sprintf("census: a column of kind %s", v.Kind()))
}

// field is a column.
type field struct {
	name, kind, unit, doc string
	required              bool
}

// columnsOf reads the columns off the tags of a row.
func columnsOf[T any]() []field {
	var list []field
	for f := range reflect.TypeFor[T]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("parquet"), ",")
		c := field{name: name, unit: f.Tag.Get("unit"), doc: f.Tag.Get("doc"), required: true}
		of := f.Type
		if of.Kind() == reflect.Pointer {
			of, c.required = of.Elem(), false
		}
		switch of.Kind() {
		case reflect.String:
			c.kind = "string"
		case reflect.Int64:
			c.kind = "integer"
		default:
			c.kind = "number"
		}
		list = append(list, c)
	}
	return list
}
