package command_test

import "testing"

func TestTry(t *testing.T) {
	file := hostileStory(t, false)
	for _, o := range everything(t, file, labels[0]) {
		t.Logf("%-60.60s %s %d", o.name, o.form, len(o.text))
	}
}
