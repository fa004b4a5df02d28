package richtext

import (
	"regexp"
	"strconv"
	"strings"
)

// Tracks reports whether a remote picture is there to count readers: it is too
// small to be seen, or its address is one at which such counts are made.
func Tracks(src, width, height, style string) bool {
	x, y := pixels(width), pixels(height)
	if x >= 0 && y >= 0 && x <= 3 && y <= 3 {
		return true
	}
	if tiny.MatchString(style) && tinyHeight.MatchString(style) {
		return true
	}
	return counts.MatchString(src)
}

// pixels is a length in pixels, or -1: nobody knows.
func pixels(s string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	if err != nil {
		return -1
	}
	return n
}

var (
	tiny       = regexp.MustCompile(`(?i)(?:^|[;\s])(?:max-)?width\s*:\s*[0-3](?:px)?\s*(?:;|!|$)`)
	tinyHeight = regexp.MustCompile(`(?i)(?:^|[;\s])(?:max-)?height\s*:\s*[0-3](?:px)?\s*(?:;|!|$)`)
	// counts are the addresses of widely used senders at which openings are counted,
	// whatever size their picture says that it has.
	counts = regexp.MustCompile(`(?i)^https?://(?:` + strings.Join([]string{
		`[^/]*\.list-manage\d*\.com/track/open`,
		`[^/]*mandrillapp\.com/track/open`,
		`[^/]*(?:sendgrid\.net|ct\.sendgrid\.net|[^/]*)/wf/open\b`,
		`[^/]*/e[0-9]?/o/[A-Za-z0-9_-]{30,}`,
		`[^/]*\.(?:hubspotlinks|hubspotemail|hs-sites|sidekickopen\d*)\.(?:com|net)/`,
		`[^/]*mailtrack\.io/`,
		`[^/]*(?:google-analytics\.com|googletagmanager\.com|doubleclick\.net)/`,
		`(?:www\.)?facebook\.com/tr\b`,
		`[^/]*/(?:[^/?]+/)*(?:open|opened|pixel|track|tracking|beacon)\.(?:aspx|gif|php|png)\b`,
		`[^/]*/(?:[^/?]+/)*(?:track|trk|tracking)/open(?:ed|s)?\b`,
	}, "|") + `)`)
)
