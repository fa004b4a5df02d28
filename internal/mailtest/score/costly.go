package main

import (
	"context"
	"time"

	"parley/internal/mail"
	"parley/internal/mailtest"
	"parley/internal/richtext"
)

// slowest is the mail made to be slow that took longest.
type slowest struct {
	Of   int // mails
	Name string
	MB   float64 // its size, in millions of bytes
	MS   float64 // how long it took, in milliseconds
}

// readCostly reads each as one that arrives is read: its parts, its words before the
// history, its HTML made harmless.
func readCostly(ctx context.Context) (worst slowest) {
	for _, c := range mailtest.CostlyMails() {
		worst.Of++
		begin := time.Now()
		if m, err := mail.Parse(ctx, []byte(c.Raw)); err == nil { // what cannot be read took its time, too
			_ = mail.Visible(m.Subject, m.Text)
			_ = richtext.Sanitise(mail.FoldHTML(m.Subject, m.HTML))
		}
		if took := time.Since(begin).Seconds() * 1000; took > worst.MS {
			worst.Name, worst.MB, worst.MS = c.Name, float64(len(c.Raw))/1e6, took
		}
	}
	return worst
}
