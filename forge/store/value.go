package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/s2"

	"github.com/tributary-oss/tributary/model"
)

// mostBytes is the size of the largest value, before it is compressed.
const mostBytes = 16 << 20

const sumBytes = 4

// codec makes values of what is kept, and reads them. Any number of goroutines may use it.
type codec struct {
	dict  *s2.Dict
	table *crc32.Table
}

func newCodec() *codec {
	return &codec{s2.MakeDict([]byte(dictionary), []byte(`{"records":[`)), crc32.MakeTable(crc32.Castagnoli)}
}

// dictionary is what facts of a forge mostly consist of. It is a part of the format.
const dictionary = `{"etag":"W/\"","header":{"Content-Type":["application/json; charset=utf-8"],"Link":["<https://api.github.com/repositories/` +
	`,"advisories":[{"aliases":["CVE-2026-"],"published":"2026-01-01T00:00:00Z","fixes":["commit:` +
	`"coverage":{"source":"github","kind":"reviews","state":"partial","reason":"` +
	`"kind":"advisories","state":"unavailable","kind":"releases","state":"complete"},"kind":"merges","kind":"issues"` +
	`"role":"remediator","role":"publisher","role":"releaser","role":"responder","role":"requested","role":"commander","role":"backporter"` +
	`"type":"ghost"},"type":"mannequin"},"type":"team"},"type":"app"},"type":"organization"},"verb":"labeled"},"verb":"remediation_developer"` +
	`{"artifact":"release:v{"artifact":"advisory:GHSA-` +
	`{"artifact":"issue:","role":"triager","verb":"closed"},"issue":1},"issues":[{"title":"","opened":"2025-","closed":"2025-","reason":"COMPLETED","reason":"NOT_PLANNED","labels":["kind/bug","good first issue"]}]}` +
	`"review":{"state":"changes-requested","said":"CHANGES_REQUESTED","state":"dismissed","said":"DISMISSED","state":"commented","said":"COMMENTED","inline":1` +
	`"association":"COLLABORATOR"}},"association":"CONTRIBUTOR"}},"association":"FIRST_TIME_CONTRIBUTOR"}},"association":"NONE"}}` +
	`{"records":[{"project":"","repository":"","contribution":{"artifact":"change:1","role":"merger","actor":{"account":"github:1","login":"bot","type":"bot"},"at":"2024-01-01T10:00:00Z"},"change":1},` +
	`{"project":"","repository":"","contribution":{"artifact":"change:1","role":"author","actor":{"account":"github:2","login":"a","type":"user"},"at":"2026-01-01T10:00:00Z"},"change":1},` +
	`{"project":"","repository":"","contribution":{"artifact":"change:1","role":"reviewer","actor":{"account":"github:3","login":"b","type":"user"},"at":"2025-01-01T10:00:00Z",` +
	`"review":{"state":"approved","said":"APPROVED","length":1,"commit":"","can_push":true,"association":"MEMBER"}},"change":1}],` +
	`"changes":[{"title":"","opened":"2025-01-01T10:00:00Z","merged":"2025-01-02T10:00:00Z","base":"main","head":"","merge_commit":"","labels":["lgtm","approved","size/M","kind/bug"]}]}`

// crc returns the checksum of a value and of the names of its place, each with its length.
func (c *codec) crc(payload []byte, place ...string) uint32 {
	var sum uint32
	var length [8]byte
	for _, p := range place {
		binary.LittleEndian.PutUint64(length[:], uint64(len(p)))
		sum = crc32.Update(sum, c.table, length[:])
		sum = crc32.Update(sum, c.table, []byte(p))
	}
	return crc32.Update(sum, c.table, payload)
}

// seal compresses b and puts a checksum before it. The value can be opened at no other place.
func (c *codec) seal(b []byte, place ...string) ([]byte, error) {
	if len(b) > mostBytes {
		return nil, fmt.Errorf("it needs %d bytes, and may have %d", len(b), mostBytes)
	}
	payload := c.dict.Encode(nil, b)
	value := make([]byte, sumBytes+len(payload))
	binary.LittleEndian.PutUint32(value, c.crc(payload, place...))
	copy(value[sumBytes:], payload)
	return value, nil
}

// check compares a value with its checksum, and returns that.
func (c *codec) check(value []byte, place ...string) (uint32, error) {
	if len(value) < sumBytes {
		return 0, corrupt("%q is cut off", place)
	}
	sum := binary.LittleEndian.Uint32(value)
	if sum != c.crc(value[sumBytes:], place...) {
		return 0, corrupt("the checksum of %q is wrong", place)
	}
	return sum, nil
}

// open returns what was sealed, in buf where that is large enough.
func (c *codec) open(buf, value []byte, place ...string) ([]byte, error) {
	if _, err := c.check(value, place...); err != nil {
		return nil, err
	}
	payload := value[sumBytes:]
	if n, err := s2.DecodedLen(payload); err != nil || n > mostBytes {
		return nil, corrupt("%q has a wrong length", place)
	}
	b, err := c.dict.Decode(buf[:cap(buf)], payload)
	if err != nil {
		return nil, corrupt("%q: %v", place, err)
	}
	return b, nil
}

// wire is what is kept of a fact: details that contributions share stand in it once.
type wire struct {
	Records    []wireRecord      `json:"records"`
	Commits    []*model.Commit   `json:"commits,omitempty"`
	Changes    []*model.Change   `json:"changes,omitempty"`
	Issues     []*model.Issue    `json:"issues,omitempty"`
	Advisories []*model.Advisory `json:"advisories,omitempty"`
}

// wireRecord is a record without details, and where they stand, counted from 1.
type wireRecord struct {
	model.Record
	Commit   int `json:"commit,omitempty"`
	Change   int `json:"change,omitempty"`
	Issue    int `json:"issue,omitempty"`
	Advisory int `json:"advisory,omitempty"`
}

func marshalRecords(records []model.Record) ([]byte, error) {
	w := wire{Records: make([]wireRecord, len(records))}
	for i, r := range records {
		to := &w.Records[i]
		if r.Contribution != nil {
			c := *r.Contribution
			to.Commit, c.Commit = share(&w.Commits, c.Commit), nil
			to.Change, c.Change = share(&w.Changes, c.Change), nil
			to.Issue, c.Issue = share(&w.Issues, c.Issue), nil
			to.Advisory, c.Advisory = share(&w.Advisories, c.Advisory), nil
			r.Contribution = &c
		}
		to.Record = r
	}
	return json.Marshal(&w)
}

// share returns where a detail stands in a list, which it is put into where it does
// not. Nearly always it is the last one.
func share[T any](list *[]*T, detail *T) int {
	if detail == nil {
		return 0
	}
	for i := len(*list); i > 0; i-- {
		if (*list)[i-1] == detail {
			return i
		}
	}
	*list = append(*list, detail)
	return len(*list)
}

func unmarshalRecords(b []byte) ([]model.Record, error) {
	var w wire
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, err
	}
	records := make([]model.Record, len(w.Records))
	for i := range w.Records {
		r := &w.Records[i]
		ok := true
		if c := r.Contribution; c != nil {
			ok = shared(&c.Commit, w.Commits, r.Commit) && shared(&c.Change, w.Changes, r.Change) &&
				shared(&c.Issue, w.Issues, r.Issue) && shared(&c.Advisory, w.Advisories, r.Advisory)
		}
		if !ok {
			return nil, fmt.Errorf("record %d has details that are not there", i)
		}
		records[i] = r.Record
	}
	return records, nil
}

// shared sets a detail to the one that stands at a place of a list.
func shared[T any](detail **T, list []*T, place int) bool {
	if place == 0 {
		return true
	}
	if place < 0 || place > len(list) {
		return false
	}
	*detail = list[place-1]
	return true
}
