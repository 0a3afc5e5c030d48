package command

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/locale"
)

// That a folder which nobody will see was written is not told, in any language; that it could not
// be written is.
func TestOnlyWhatWasWrittenIsUnsaid(t *testing.T) {
	dir := filepath.Join("some", "folder")
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		var b bytes.Buffer
		u := &unsaid{&b, written(dir, l)}
		for _, said := range []string{l.T("wrote %s, the bundle for %s; see %s in it", dir, "buyer", "README.txt"), l.T("wrote %s", filepath.Join(dir, "sensitivity.txt, sensitivity.csv"))} {
			n, err := u.Write([]byte(said))
			require.NoError(t, err)
			assert.Equal(t, len(said), n)
		}
		assert.Empty(t, b.String(), lang)
		for _, said := range []string{"writing the result into " + dir + ": no space left on device", dir + " is a folder; move it away"} {
			b.Reset()
			_, err := u.Write([]byte(said))
			require.NoError(t, err)
			assert.Equal(t, said, b.String(), lang)
		}
	}
}
