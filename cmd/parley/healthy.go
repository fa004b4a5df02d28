package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"time"

	"parley/desk"
)

// healthyCmd is the health check of a container that has nothing else in it.
type healthyCmd struct {
	edge `embed:""`
}

// Run asks the Parley on this machine whether it is ready. It serves HTTPS with
// a certificate for another name than 127.0.0.1, so that is not compared here.
func (c *healthyCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return desk.Errorf(desk.Invalid, "%s is not an address like 127.0.0.1:8080.", c.Listen)
	}
	var conn net.Conn
	address := net.JoinHostPort("127.0.0.1", port)
	if c.TLSCert != "" || len(c.ACMEDomain) > 0 {
		name := "localhost"
		if len(c.ACMEDomain) > 0 {
			name = c.ACMEDomain[0]
		}
		conn, err = (&tls.Dialer{Config: &tls.Config{ServerName: name, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	if err != nil {
		return desk.Errorf(desk.Unavailable, "Parley does not answer on %s: %s", address, err)
	}
	defer conn.Close()
	return ask(ctx, conn)
}

// ask speaks the few words of HTTP that it takes.
func ask(ctx context.Context, conn net.Conn) error {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(conn, "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"); err != nil {
		return err
	}
	answer := make([]byte, len("HTTP/1.0 200"))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if status := string(answer[len(answer)-3:]); status != "200" {
		return desk.Errorf(desk.Unavailable, "Parley is not ready: it answers with %s.", status)
	}
	return nil
}
