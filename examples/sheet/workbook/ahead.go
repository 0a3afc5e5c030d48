package workbook

import (
	"iter"

	"github.com/tributary-oss/tributary/score/report"
)

// actsAhead is how many acts are read together, and read while others are written.
const actsAhead = 512

// read is one act, or the error in its place.
type read struct {
	act report.StoredVerdict
	err error
}

// ahead yields the same acts in the same order, and reads the next ones meanwhile: taking them
// apart costs nearly as much as writing them. It waits for its reader before it returns.
func ahead(acts iter.Seq2[report.StoredVerdict, error]) iter.Seq2[*report.StoredVerdict, error] {
	return func(yield func(*report.StoredVerdict, error) bool) {
		batches, stop := make(chan []read, 2), make(chan struct{})
		go func() {
			defer close(batches)
			readAll(acts, batches, stop)
		}()
		defer func() {
			close(stop)
			for range batches { // until the reader has ended
			}
		}()
		for batch := range batches {
			for i := range batch {
				if !yield(&batch[i].act, batch[i].err) {
					return
				}
			}
		}
	}
}

// readAll sends all acts in batches, until it is told to stop.
func readAll(acts iter.Seq2[report.StoredVerdict, error], batches chan<- []read, stop <-chan struct{}) {
	send := func(batch []read) bool {
		select {
		case batches <- batch:
			return true
		case <-stop:
			return false
		}
	}
	batch := make([]read, 0, actsAhead)
	for act, err := range acts {
		if batch = append(batch, read{act, err}); len(batch) == actsAhead {
			if !send(batch) {
				return
			}
			batch = make([]read, 0, actsAhead)
		}
	}
	send(batch)
}
