package locale_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/locale"
)

func french(t *testing.T) *locale.Locale {
	l, err := locale.Of("fr")
	require.NoError(t, err)
	return l
}

func TestTextsNumbersAndDates(t *testing.T) {
	fr, en := french(t), locale.English()
	assert.Equal(t, "1 acte", fr.T("%d acts", 1))
	assert.Equal(t, "0 acte", fr.T("%d acts", 0))
	assert.Equal(t, "12 actes", fr.T("%d acts", 12))
	assert.Equal(t, "1 act", en.T("%d acts", 1))
	assert.Equal(t, "0 acts", en.T("%d acts", 0))
	assert.Equal(t, "1\u00a0234,50", fr.Number(1234.5, 2))
	assert.Equal(t, "1,234.50", en.Number(1234.5, 2))
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	assert.Equal(t, "01/11/2026", fr.Date(day))
	assert.Equal(t, "2026-11-01", en.Date(day))
}

func TestSentences(t *testing.T) {
	fr := french(t)
	for english, want := range map[string]string{
		"git does not record issues":                                 "git ne consigne pas les tickets",
		"the same work as commit:abc":                                "même travail que commit:abc",
		"git does not record issues; git does not record advisories": "git ne consigne pas les tickets\u00a0; git ne consigne pas les avis de sécurité",
	} {
		got, ok := fr.Say(english)
		assert.True(t, ok, english)
		assert.Equal(t, want, got)
	}
	got, ok := fr.Say("502 Bad Gateway")
	assert.False(t, ok)
	assert.Equal(t, "502 Bad Gateway", got)
}

func TestUnknownLanguages(t *testing.T) {
	_, err := locale.Of("tlh")
	require.ErrorIs(t, err, locale.ErrLanguage)
	assert.ErrorContains(t, err, "en, fr")
}
