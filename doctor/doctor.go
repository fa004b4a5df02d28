// Package doctor looks at an install from outside and says of each thing whether
// it is well and, if not, what to do. It changes nothing.
package doctor

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"parley/internal/blob"
	"parley/internal/secret"
	"parley/store"
)

// State is how something is.
type State string

// The states of a check.
const (
	OK   State = "ok"
	Warn State = "warn" // it works, and will not for long, or not for everybody
	Fail State = "fail" // it does not work
	Skip State = "skip" // there is nothing to look at
)

// Result is what was found of one thing.
type Result struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Said  string `json:"said"`
	Do    string `json:"do,omitempty"` // what a person can do about it
}

// Resolver is what DNS is asked with; *net.Resolver is one.
type Resolver interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Install is what is looked at.
type Install struct {
	Folder  string // the data folder
	DB      *store.DB
	DBError error // why DB is nil
	Blobs   *blob.Store
	Keys    *secret.Keys // nil when there is no key to be found
	Now     func() time.Time

	Listen    string // where the program serves, HTTP or HTTPS
	HTTPS     bool
	PublicURL string
	CertFile  string
	Client    *http.Client // reaches the install itself, also on this machine

	SMTP, Relay string // where mail comes in, and goes out
	Domains     []string
	Selectors   []string // of DKIM
	DNS         Resolver
	Dial        func(ctx context.Context, network, address string) (net.Conn, error)
}

// Look looks at everything, one after the other, each for at most half a minute.
func Look(ctx context.Context, i Install) []Result {
	d := &look{Install: i}
	for _, check := range []func(context.Context){d.folder, d.disk, d.sync, d.database, d.clock, d.key, d.push, d.jobs, d.ledger, d.search, d.server, d.public, d.certificate, d.mailIn, d.relay, d.mailboxes, d.names} {
		within, cancel := context.WithTimeout(ctx, 30*time.Second)
		check(within)
		cancel()
	}
	return d.all
}

// Worst returns the worst state of results.
func Worst(all []Result) State {
	worst := OK
	for _, r := range all {
		if r.State == Fail || r.State == Warn && worst == OK {
			worst = r.State
		}
	}
	return worst
}

type look struct {
	Install
	all     []Result
	nowhere bool // there is no data folder
}

func (d *look) say(name string, state State, do, format string, a ...any) {
	if state == OK || state == Skip {
		do = ""
	}
	d.all = append(d.all, Result{name, state, fmt.Sprintf(format, a...), do})
}

// worse says a state by how large something is.
func worse[T int64 | time.Duration | float64](n, warn, fail T) State {
	switch {
	case n >= fail:
		return Fail
	case n >= warn:
		return Warn
	}
	return OK
}
