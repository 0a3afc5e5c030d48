package page

import "github.com/tributary-oss/tributary/score/report/locale"

// words are the texts that the templates and the script hold, by short keys.
func words(l *locale.Locale) map[string]string {
	return map[string]string{
		"skip":      l.T("Skip to the content"),
		"contents":  l.T("Contents"),
		"languages": l.T("Other languages"),
		"theme":     l.T("Dark colours"),
		"colon":     l.T(": "),
		"unknown":   l.T("unknown"),
		"top":       l.T("Back to the top"),
		"foot":      l.T("Written by Tributary. The file asks for nothing from any network."),

		"acts":      l.T("Acts"),
		"search":    l.T("Search in the acts shown"),
		"searched":  l.T("Act, person, reason: every word must occur"),
		"project":   l.T("Project"),
		"bidder":    l.T("Bidder"),
		"outcome":   l.T("Outcome"),
		"indicator": l.T("Indicator"),
		"rule":      l.T("Rule"),
		"all":       l.T("all"),
		"counted":   l.T("counted"),
		"refused":   l.T("refused"),
		"reset":     l.T("Show all again"),
		"previous":  l.T("Previous page"),
		"next":      l.T("Next page"),
		"filter":    l.T("Search and filter the acts"),
		"pages":     l.T("Pages of the table of acts"),
		// The script puts numbers in at {0} and {1}.
		"hits":     l.T("Acts found: {0} of the {1} shown"),
		"nothing":  l.T("No act on this page fits. Take a filter away, or search in the files beside it."),
		"pageof":   l.T("Page {0} of {1}"),
		"sorted":   l.T("Sorted by {0}, ascending"),
		"sortedby": l.T("Sorted by {0}, descending"),

		"act":      l.T("Act"),
		"role":     l.T("Role"),
		"person":   l.T("Person"),
		"employer": l.T("Employer then"),
		"day":      l.T("Day"),
		"credit":   l.T("Credit"),
		"reason":   l.T("Reason"),
	}
}
