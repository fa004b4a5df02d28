package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"parley/doctor"
	"parley/internal/safehttp"
)

type doctorCmd struct {
	storage  `embed:""`
	edge     `embed:""`
	SMTP     string   `default:"127.0.0.1:2525" env:"PARLEY_SMTP" help:"Address on which mail is taken in; empty for none."`
	Relay    string   `env:"PARLEY_RELAY" placeholder:"HOST:PORT" help:"Where mail goes out."`
	Domain   []string `placeholder:"NAME" help:"Mail domains to ask DNS about, beside those of the channels."`
	Selector []string `name:"dkim-selector" env:"PARLEY_DKIM_SELECTOR" placeholder:"NAME" help:"Names under which your relay signs mail (DKIM)."`
	JSON     bool     `help:"Print the results as JSON."`
}

// Run looks at the install; something that fails makes exit code 1.
func (c *doctorCmd) Run(ctx context.Context) error {
	everywhere := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")} // the admin's own addresses
	i := doctor.Install{
		Folder: c.Data, Now: time.Now, Listen: c.Listen, HTTPS: c.TLSCert != "" || len(c.ACMEDomain) > 0, PublicURL: c.PublicURL, CertFile: c.TLSCert,
		Client: safehttp.New(10*time.Second, everywhere), SMTP: c.SMTP, Relay: c.Relay, Domains: c.Domain, Selectors: c.Selector,
		DNS: net.DefaultResolver, Dial: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
	}
	if i.PublicURL == "" && len(c.ACMEDomain) > 0 {
		i.PublicURL = "https://" + c.ACMEDomain[0]
	}
	i.DB, i.Blobs, i.DBError = c.look(ctx)
	if i.DB != nil {
		defer i.DB.Close()
	}
	if keys, err := c.existingKeys(); err == nil {
		i.Keys = keys
	}
	results := doctor.Look(ctx, i)
	if c.JSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		err := e.Encode(map[string]any{"state": doctor.Worst(results), "checks": results})
		if err == nil && doctor.Worst(results) == doctor.Fail {
			err = errSaid
		}
		return err
	}
	for _, r := range results {
		fmt.Printf("%-5s %s: %s\n", strings.ToUpper(string(r.State)), r.Name, r.Said)
		if r.Do != "" {
			fmt.Printf("      %s\n", r.Do)
		}
	}
	if doctor.Worst(results) == doctor.Fail {
		return errSaid
	}
	return nil
}
